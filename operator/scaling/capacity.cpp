// SPDX-License-Identifier: Apache-2.0
#include "core/time_text.hpp"
#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {

// Replicas that were asked for and are not ready yet have not had their effect on the readings.
std::optional<Verdict> capacity(const Situation& situation, Replicas proposed) {
  const api::Tier& tier = situation.tier();
  if (!tier.threshold || proposed <= situation.current()) return std::nullopt;
  const TierInputs& inputs = *situation.inputs;
  const Replicas missing = situation.current() - inputs.target.ready_replicas;
  const auto& last_up = inputs.history.last_scale_up;
  const api::ScaleUpRule& rule = tier.threshold->scale_up;
  if (missing < rule.step || !last_up || inputs.now - *last_up >= rule.ready) return std::nullopt;
  const auto left = std::chrono::ceil<std::chrono::seconds>(rule.ready - (inputs.now - *last_up));
  return Verdict{situation.current(), reasons::kCapacityPending,
                 std::to_string(missing) + " of " + std::to_string(situation.current()) +
                     " replicas are not ready yet; going to " + std::to_string(proposed) +
                     " waits for them, " + duration_text(left) + " at most"};
}

}  // namespace evalscaler::scaling
