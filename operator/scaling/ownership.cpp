// SPDX-License-Identifier: Apache-2.0
// Who else sets the target's replicas: nothing is done against anybody's will.
#include "core/text.hpp"
#include "core/time_text.hpp"
#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {

std::optional<Verdict> owned_target(const Situation& situation, Replicas proposed) {
  if (!situation.inputs->target.controller_owner) return std::nullopt;
  return Verdict{proposed, reasons::kTargetManagedByController, Then::Stop};
}

std::string say_owned_target(const Situation& situation, const Ruling& /*ruling*/) {
  const std::string owner = situation.inputs->target.controller_owner.value_or("");
  return "the target belongs to " + one_line(owner, 128) +
         ", which sets its replicas; scale that instead";
}

std::optional<Verdict> other_autoscaler(const Situation& situation, Replicas proposed) {
  if (situation.inputs->guards.other_autoscaler.empty()) return std::nullopt;
  return Verdict{proposed, reasons::kOtherAutoscaler, Then::Stop};
}

std::string say_other_autoscaler(const Situation& situation, const Ruling& /*ruling*/) {
  return one_line(situation.inputs->guards.other_autoscaler, 256) +
         " scales the same target; delete one of the two";
}

std::optional<Verdict> contest(const Situation& situation, Replicas proposed) {
  const auto& contest = situation.inputs->guards.contest;
  if (!contest || !contest->since) return std::nullopt;
  return Verdict{proposed, reasons::kContested, Then::Stop};
}

std::string say_contest(const Situation& situation, const Ruling& /*ruling*/) {
  const api::Contest contest = situation.inputs->guards.contest.value_or(api::Contest{});
  const std::string who = contest.manager.empty() ? "somebody" : one_line(contest.manager, 128);
  return who + " undid " + std::to_string(contest.reversals.size()) +
         " changes; the tier stands back since " + time_text(contest.since.value_or(WallTime{})) +
         " until its spec changes, an hour at most (leave replicas out of the target's manifest)";
}

}  // namespace evalscaler::scaling
