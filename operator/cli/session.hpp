// SPDX-License-Identifier: Apache-2.0
// Session: what a command has to work with: streams, a clock and a way to the cluster.
//
// Tests bring their own; main brings the terminal's.
#pragma once

#include <chrono>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>

#include "cli/paint.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"
#include "kube/cluster_access.hpp"
#include "kube/kube_api.hpp"

namespace evalscaler::cli {

// Others script against these.
enum class Exit {
  Ok = 0,
  No = 1,     // the answer is no: not found, forbidden, unreachable
  Usage = 2,  // a bad option, or a file that cannot be understood
};

// How long the running operator may take to answer.
inline constexpr std::chrono::milliseconds kLiveTime{2'000};

struct Cluster {
  std::shared_ptr<kube::KubeApi> api;
  std::shared_ptr<kube::KubeApi> quick;  // the same, but gives up after kLiveTime
  std::string space;                     // the namespace where none is said
  std::string source;                    // for messages: which kubeconfig and context
};

struct Session {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  const Clock& clock;
  Paint paint;
  std::function<Result<Cluster>(const kube::AccessChoice&)> connect;
};

// One line on the error stream, beginning with the program's name.
Exit report(Session& session, Exit exit, const std::string& message);
// The same for a message that begins with its place, "FILE:LINE: ".
Exit report_place(Session& session, const std::string& message);

}  // namespace evalscaler::cli
