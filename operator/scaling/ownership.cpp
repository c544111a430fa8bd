// SPDX-License-Identifier: Apache-2.0
// Who else sets the target's replicas: nothing is done against anybody's will.
#include "core/text.hpp"
#include "core/time_text.hpp"
#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {

std::optional<Verdict> owned_target(const Situation& situation, Replicas proposed) {
  const auto& owner = situation.inputs->target.controller_owner;
  if (!owner) return std::nullopt;
  return Verdict{proposed, reasons::kTargetManagedByController,
                 "the target belongs to " + one_line(*owner, 128) +
                     ", which sets its replicas; scale that instead",
                 Then::Stop};
}

std::optional<Verdict> other_autoscaler(const Situation& situation, Replicas proposed) {
  const std::string& other = situation.inputs->guards.other_autoscaler;
  if (other.empty()) return std::nullopt;
  return Verdict{proposed, reasons::kOtherAutoscaler,
                 one_line(other, 256) + " scales the same target; delete one of the two",
                 Then::Stop};
}

std::optional<Verdict> contest(const Situation& situation, Replicas proposed) {
  const auto& contest = situation.inputs->guards.contest;
  if (!contest || !contest->since) return std::nullopt;
  const std::string who = contest->manager.empty() ? "somebody" : one_line(contest->manager, 128);
  return Verdict{proposed, reasons::kContested,
                 who + " undid " + std::to_string(contest->reversals.size()) +
                     " changes; the tier stands back since " + time_text(*contest->since) +
                     " until its spec changes, an hour at most (leave replicas out of the "
                     "target's manifest)",
                 Then::Stop};
}

}  // namespace evalscaler::scaling
