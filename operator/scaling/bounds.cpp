// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {

// min and max are what the user wants now: neither a cooldown nor a missing reading delays
// them. Should min exceed max (an API server without our schema), min wins.
std::optional<Verdict> bounds(const Situation& situation, Replicas proposed) {
  const api::Tier& tier = situation.tier();
  if (proposed < tier.min_replicas) {
    return Verdict{
        tier.min_replicas, reasons::kBelowMinimum,
        std::to_string(proposed) + " is below minReplicas " + std::to_string(tier.min_replicas)};
  }
  const Replicas ceiling = std::max(tier.max_replicas, tier.min_replicas);
  if (proposed <= ceiling) return std::nullopt;
  return Verdict{
      ceiling, reasons::kAboveMaximum,
      std::to_string(proposed) + " is above maxReplicas " + std::to_string(tier.max_replicas)};
}

}  // namespace evalscaler::scaling
