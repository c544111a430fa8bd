// SPDX-License-Identifier: Apache-2.0
#include "replay.hpp"

#include <string>

#include "simulation.hpp"

namespace evalscaler::scenarios {

Result<void> replay(const Scenario& scenario, const Seen& seen) {
  Simulation simulation(scenario);
  for (const Moment& moment : scenario.moments) {
    for (const Setting& setting : moment.settings) {
      const auto done = simulation.set(setting);
      if (!done) return scenario.error_at(moment.line, done.error().message);
    }
    for (auto at = moment.from; at <= moment.to; at += scenario.spec.interval) {
      EVALSCALER_TRY(seen(moment, at, simulation.evaluate(at)));
    }
  }
  return {};
}

Result<void> expect(const Scenario& scenario, const Moment& moment,
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

}  // namespace evalscaler::scenarios
