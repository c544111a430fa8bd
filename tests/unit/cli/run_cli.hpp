// SPDX-License-Identifier: Apache-2.0
// RunCli: the program with streams of the test's own; no terminal, no cluster but a scripted one.
#pragma once

#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "fakes/manual_clock.hpp"
#include "fakes/scripted_kube_api.hpp"

namespace evalscaler::cli {

struct Outcome {
  int exit = 0;
  std::string out;
  std::string err;
};

class RunCli {
 public:
  Outcome operator()(std::vector<std::string> arguments, const std::string& standard_input = "") {
    std::istringstream in(standard_input);
    std::ostringstream out;
    std::ostringstream err;
    Session session{in, out, err, clock, Paint(paint), [this](const kube::AccessChoice& choice) {
                      asked = choice;
                      return connection();
                    }};
    const int exit = run(std::move(arguments), session);
    return {exit, out.str(), err.str()};
  }

  fakes::ManualClock clock;  // 2026-01-01T00:00:00Z
  Paint::Kind paint = Paint::Kind::None;
  std::shared_ptr<fakes::ScriptedKubeApi> api = std::make_shared<fakes::ScriptedKubeApi>();
  std::optional<Error> no_cluster;
  kube::AccessChoice asked;

 private:
  Result<Cluster> connection() const {
    if (no_cluster) return *no_cluster;
    return Cluster{api, api, "ml", "kubeconfig, context demo"};
  }
};

}  // namespace evalscaler::cli
