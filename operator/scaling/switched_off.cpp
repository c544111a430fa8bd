// SPDX-License-Identifier: Apache-2.0
#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {

// Nobody but a person sets 0 where at least one is asked for: it is their off switch.
std::optional<Verdict> switched_off(const Situation& situation, Replicas proposed) {
  if (situation.current() != 0 || situation.tier().min_replicas <= 0) return std::nullopt;
  return Verdict{proposed, reasons::kScalingDisabled, Then::Stop};
}

std::string say_switched_off(const Situation& situation, const Ruling& /*ruling*/) {
  return "the target was scaled to 0 by hand (minReplicas is " +
         std::to_string(situation.tier().min_replicas) + "); scale it to 1 or more to hand it back";
}

}  // namespace evalscaler::scaling
