// SPDX-License-Identifier: Apache-2.0
// Runs one *.scenario file and prints what happened; exit 1 at the first surprise.
#include <iostream>

#include "scenario.hpp"
#include "simulation.hpp"

namespace evalscaler::scenarios {
namespace {

Result<void> check(const Scenario& scenario, const Moment& moment,
                   const scaling::Decision& decision) {
  if (decision.to != moment.replicas || decision.reason != moment.reason) {
    return scenario.error_at(moment.line, "expected " + std::to_string(moment.replicas) + " " +
                                              moment.reason + ", got " +
                                              std::to_string(decision.to) + " " + decision.reason +
                                              " (" + decision.message + ")");
  }
  if (decision.message.find(moment.message_part) == std::string::npos) {
    return scenario.error_at(
        moment.line, "the message has no '" + moment.message_part + "': " + decision.message);
  }
  return {};
}

Result<void> run(const Scenario& scenario) {
  std::cout << scenario.title << "\n";
  Simulation simulation(scenario);
  for (const Moment& moment : scenario.moments) {
    for (const Setting& setting : moment.settings) {
      const auto done = simulation.set(setting);
      if (!done) return scenario.error_at(moment.line, done.error().message);
    }
    for (auto at = moment.from; at <= moment.to; at += scenario.spec.interval) {
      const scaling::Decision decision = simulation.evaluate(at);
      std::cout << "  t=" << at.count() / 1000 << "s  " << decision.reason << "  "
                << decision.message << "\n";
      EVALSCALER_TRY(check(scenario, moment, decision));
    }
  }
  return {};
}

}  // namespace
}  // namespace evalscaler::scenarios

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: run_scenario FILE\n";
    return 2;
  }
  const auto scenario = evalscaler::scenarios::read_scenario(argv[1]);
  const auto done = scenario ? evalscaler::scenarios::run(*scenario) : scenario.error();
  if (done) return 0;
  std::cerr << done.error().message << "\n";
  return 1;
}
