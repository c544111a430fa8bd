// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>

#include "scaling/behavior.hpp"
#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {

// min and max are what the user wants now: neither a cooldown nor a missing reading delays
// them; only behavior's rate limits do, on the way down. Should min exceed max (an API server
// without our schema), min wins.
std::optional<Verdict> bounds(const Situation& situation, Replicas proposed) {
  const api::Tier& tier = situation.tier();
  if (proposed < tier.min_replicas) {
    const bool stays = situation.current() == tier.min_replicas;
    return Verdict{
        tier.min_replicas, stays ? reasons::kAtMinimum : reasons::kBelowMinimum,
        std::to_string(proposed) + " is below minReplicas " + std::to_string(tier.min_replicas)};
  }
  const Replicas ceiling = std::max(tier.max_replicas, tier.min_replicas);
  if (proposed <= ceiling) return std::nullopt;
  const Replicas to = situation.current() > ceiling
                          ? std::max(ceiling, rate_limit(*situation.inputs, Direction::Down))
                          : ceiling;
  std::string message =
      std::to_string(proposed) + " is above maxReplicas " + std::to_string(tier.max_replicas);
  if (to > ceiling) message += ", behavior lets it go to " + std::to_string(to) + " now";
  const bool stays = situation.current() == ceiling;
  return Verdict{std::min(to, proposed), stays ? reasons::kAtMaximum : reasons::kAboveMaximum,
                 std::move(message)};
}

}  // namespace evalscaler::scaling
