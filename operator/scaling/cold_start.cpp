// SPDX-License-Identifier: Apache-2.0
#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {

// One look proves little: whatever the first evaluation after a start wants, the second may do.
std::optional<Verdict> cold_start(const Situation& situation, Replicas /*proposed*/) {
  if (!situation.inputs->cold_start) return std::nullopt;
  return Verdict{situation.current(), reasons::kColdStart};
}

std::string say_cold_start(const Situation& /*situation*/, const Ruling& ruling) {
  std::string text = "the first evaluation after a start only observes";
  if (ruling.from != ruling.to) {
    text += "; the next one may go to " + std::to_string(ruling.from);
  }
  return text;
}

}  // namespace evalscaler::scaling
