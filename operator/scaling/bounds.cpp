// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "scaling/behavior.hpp"
#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {
namespace {

// Should min exceed max (an API server without our schema), min wins.
Replicas ceiling_of(const api::Tier& tier) {
  return std::max(tier.max_replicas, tier.min_replicas);
}

}  // namespace

// min and max are what the user wants now: neither a cooldown nor a missing reading delays
// them; only behavior's rate limits do, on the way down.
std::optional<Verdict> bounds(const Situation& situation, Replicas proposed) {
  const Replicas current = situation.current();
  const Replicas floor = situation.tier().min_replicas;
  if (proposed < floor) {
    return Verdict{floor, current == floor ? reasons::kAtMinimum : reasons::kBelowMinimum};
  }
  const Replicas ceiling = ceiling_of(situation.tier());
  if (proposed <= ceiling) return std::nullopt;
  const Replicas to = current > ceiling
                          ? std::max(ceiling, rate_limit(*situation.inputs, Direction::Down))
                          : ceiling;
  return Verdict{std::min(to, proposed),
                 current == ceiling ? reasons::kAtMaximum : reasons::kAboveMaximum};
}

std::string say_bounds(const Situation& situation, const Ruling& ruling) {
  const api::Tier& tier = situation.tier();
  if (ruling.from < tier.min_replicas) {
    return std::to_string(ruling.from) + " is below minReplicas " +
           std::to_string(tier.min_replicas);
  }
  std::string text =
      std::to_string(ruling.from) + " is above maxReplicas " + std::to_string(tier.max_replicas);
  if (ruling.to > ceiling_of(tier)) {
    text += ", behavior lets it go to " + std::to_string(ruling.to) + " now";
  }
  return text;
}

}  // namespace evalscaler::scaling
