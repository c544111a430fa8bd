// SPDX-License-Identifier: Apache-2.0
// OperatorPlaces: where in a cluster the operator listens: its Services, and the pods behind one.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/session.hpp"
#include "core/object_key.hpp"
#include "core/result.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own name
class App;
}

namespace evalscaler::cli {

// Carried by the operator's Service; where it is looked for if not everywhere.
inline constexpr const char* kOperatorLabel = "app.kubernetes.io/name=evalscaler";
inline constexpr const char* kOperatorSpace = "evalscaler-system";

// --operator-namespace, --operator-service; both may be empty.
struct OperatorChoice {
  std::string space;
  std::string service;
};

// Both options, to a command that asks the operator.
void add_operator_options(CLI::App& command, OperatorChoice& choice);

struct OperatorService {
  ObjectKey key;
  std::string port;         // as the proxy takes it: a name, or a number where it has none
  std::string target_port;  // of the pods: a number or a name
  std::map<std::string, std::string> selector;
};

struct OperatorPod {
  ObjectKey key;
  std::string port;  // a number
};

// The one that was named, else all that carry the label: in the namespace that was named, else in
// every namespace, else (if that is forbidden) in kOperatorSpace. NotFound says what to do.
Result<std::vector<OperatorService>> find_operators(const Cluster& cluster,
                                                    const OperatorChoice& choice);
// Those that run. A Service without a selector has none.
Result<std::vector<OperatorPod>> find_pods(const Cluster& cluster, const OperatorService& service);

// Below the API server's proxy: GET of `path` at the Service's or the pod's port.
std::string proxy_path(const OperatorService& service, const std::string& path);
std::string proxy_path(const OperatorPod& pod, const std::string& path);

}  // namespace evalscaler::cli
