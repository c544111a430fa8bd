// SPDX-License-Identifier: Apache-2.0
// The stages of `behavior`: stabilization windows, then rate limits.
#include "scaling/behavior.hpp"
#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {

// What a guard has forbidden stays forbidden: an old proposal does not bring it back.
std::optional<Verdict> stabilization(const Situation& situation, Replicas proposed) {
  if (situation.is_vetoed(proposed) || !situation.any_fresh()) return std::nullopt;
  const Replicas result = stabilized(*situation.inputs, proposed);
  if (result == proposed) return std::nullopt;
  const bool lowered = result < proposed;
  return Verdict{result, lowered ? reasons::kScaleUpStabilized : reasons::kScaleDownStabilized,
                 std::string("the ") + (lowered ? "lowest" : "highest") +
                     " proposal of the stabilization window is " + std::to_string(result) +
                     ", now it is " + std::to_string(proposed)};
}

std::optional<Verdict> rate_limits(const Situation& situation, Replicas proposed) {
  const Replicas current = situation.current();
  if (proposed == current) return std::nullopt;
  const bool up = proposed > current;
  const Replicas limit = rate_limit(*situation.inputs, up ? Direction::Up : Direction::Down);
  if (up ? proposed <= limit : proposed >= limit) return std::nullopt;
  return Verdict{limit, up ? reasons::kScaleUpLimit : reasons::kScaleDownLimit,
                 "at most to " + std::to_string(limit) + " now, not to " +
                     std::to_string(proposed) + " (" + (up ? "scaleUp" : "scaleDown") +
                     " policies of behavior)"};
}

}  // namespace evalscaler::scaling
