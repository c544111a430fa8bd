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
  return Verdict{result,
                 result < proposed ? reasons::kScaleUpStabilized : reasons::kScaleDownStabilized};
}

std::string say_stabilization(const Situation& /*situation*/, const Ruling& ruling) {
  return std::string("the ") + (ruling.to < ruling.from ? "lowest" : "highest") +
         " proposal of the stabilization window is " + std::to_string(ruling.to) + ", now it is " +
         std::to_string(ruling.from);
}

std::optional<Verdict> rate_limits(const Situation& situation, Replicas proposed) {
  const Replicas current = situation.current();
  if (proposed == current) return std::nullopt;
  const bool up = proposed > current;
  const Replicas limit = rate_limit(*situation.inputs, up ? Direction::Up : Direction::Down);
  if (up ? proposed <= limit : proposed >= limit) return std::nullopt;
  return Verdict{limit, up ? reasons::kScaleUpLimit : reasons::kScaleDownLimit};
}

std::string say_rate_limits(const Situation& /*situation*/, const Ruling& ruling) {
  return "at most to " + std::to_string(ruling.to) + " now, not to " + std::to_string(ruling.from) +
         " (" + (ruling.to < ruling.from ? "scaleUp" : "scaleDown") + " policies of behavior)";
}

}  // namespace evalscaler::scaling
