// SPDX-License-Identifier: Apache-2.0
#include "reconcile/status_conditions.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "api/conditions.hpp"
#include "core/text.hpp"
#include "core/time_text.hpp"
#include "reconcile/operator_limit.hpp"
#include "scaling/reasons.hpp"

namespace evalscaler::reconcile {
namespace {

namespace reasons = scaling::reasons;
using api::ConditionStatus;

struct Finding {
  std::string reason;
  std::string message;
};
using Found = std::optional<Finding>;

constexpr std::array kLimitations{
    reasons::kAtMaximum,         reasons::kAtMinimum,           reasons::kWouldFlap,
    reasons::kScaleDownVetoed,   reasons::kNoReadyReplicas,     reasons::kFreshStreakIncomplete,
    reasons::kCooldownUp,        reasons::kCooldownDown,        kMaxReplicasLimit,
    reasons::kCapacityPending,   reasons::kRolloutInProgress,   reasons::kPopulationDropped,
    reasons::kScaleUpStabilized, reasons::kScaleDownStabilized, reasons::kScaleUpLimit,
    reasons::kScaleDownLimit,    reasons::kScaleUpPaused,       reasons::kScaleDownPaused,
    reasons::kScaleDownBudget,   reasons::kPlanInMotion,        reasons::kDataTierUnsafe,
};

constexpr std::array kOtherWriters{reasons::kTargetManagedByController, reasons::kOtherAutoscaler,
                                   reasons::kContested};

// Reasons of conditions that say nothing of an evaluation: they end with their cause.
constexpr std::array kNotOfAnEvaluation{conditions::kInvalidSpec, conditions::kTargetNotFound,
                                        conditions::kTargetUnsupported,
                                        conditions::kTargetUnreadable};

std::string of_tier(const TierReport& tier, const std::string& what) {
  return "tier " + tier.visit->tier->name + ": " + what;
}

Found spec_problem(const ReportInputs& in) {
  if (in.visit->spec_problem.empty()) return {};
  return Finding{std::string(conditions::kInvalidSpec), in.visit->spec_problem};
}

std::string_view reason_of(TargetState state) {
  switch (state) {
    case TargetState::Seen:
    case TargetState::Waiting:
      return {};
    case TargetState::Unsupported:
      return conditions::kTargetUnsupported;
    case TargetState::NotFound:
      return conditions::kTargetNotFound;
    case TargetState::Unreadable:
      return conditions::kTargetUnreadable;
  }
  return {};
}

Found target_problem(const ReportInputs& in) {
  for (const TierReport& tier : in.tiers) {
    const std::string_view reason = reason_of(tier.visit->state);
    if (!reason.empty()) return Finding{std::string(reason), of_tier(tier, tier.visit->problem)};
  }
  return {};
}

Found metric_problem(const ReportInputs& in) {
  for (const TierReport& tier : in.tiers) {
    if (tier.evaluation == nullptr || tier.evaluation->metric_problems.empty()) continue;
    return Finding{std::string(conditions::kUnknownMetric),
                   of_tier(tier, join(tier.evaluation->metric_problems, "; "))};
  }
  return {};
}

Found decided(const ReportInputs& in, std::string_view reason) {
  for (const TierReport& tier : in.tiers) {
    if (tier.evaluation == nullptr || tier.evaluation->decision.reason != reason) continue;
    return Finding{std::string(reason), tier.evaluation->decision.message};
  }
  return {};
}

// Also where something else had the last word, a bound for example.
Found without_readings(const ReportInputs& in) {
  if (Found found = decided(in, reasons::kMetricsUnavailable)) return found;
  for (const TierReport& tier : in.tiers) {
    if (tier.evaluation == nullptr) continue;
    for (const api::Step& step : tier.evaluation->decision.steps) {
      if (step.reason != reasons::kMetricsUnavailable) continue;
      return Finding{step.reason, of_tier(tier, step.message)};
    }
  }
  return {};
}

Found scale_failure(const ReportInputs& in) {
  for (const TierReport& tier : in.tiers) {
    if (tier.evaluation == nullptr || !tier.evaluation->failure) continue;
    return Finding{std::string(conditions::kScaleFailed),
                   of_tier(tier, tier.evaluation->failure->message)};
  }
  return {};
}

// Somebody else sets the replicas.
Found other_writer(const ReportInputs& in) {
  for (const std::string_view reason : kOtherWriters) {
    if (Found found = decided(in, reason)) return found;
  }
  return {};
}

// What the step that vetoed says: the metrics and their states.
std::string veto_text(const std::vector<api::Step>& steps) {
  for (const api::Step& step : steps) {
    const bool vetoes =
        step.reason == reasons::kScaleDownVetoed || step.reason == reasons::kMetricsUnavailable;
    if (vetoes) return step.message;
  }
  return "a reading is not fresh";
}

Found long_veto(const std::vector<api::TierStatus>& tiers) {
  for (const api::TierStatus& tier : tiers) {
    if (!vetoed_for_long(tier)) continue;
    return Finding{std::string(reasons::kScaleDownVetoed),
                   "tier " + tier.name + ", since " + time_text(*tier.vetoed_since) + ": " +
                       veto_text(tier.last_decision->steps) +
                       " (mend it, or say onUnavailable: Ignore of a metric that may be missing)"};
  }
  return {};
}

Found stalled_rollout(const ReportInputs& in) {
  for (const TierReport& tier : in.tiers) {
    if (!tier.visit->seen) continue;
    const api::Rollout rollout = tier.visit->seen->rollout;
    if (rollout == api::Rollout::Paused) {
      return Finding{std::string(conditions::kRolloutPaused),
                     of_tier(tier,
                             "the target's rollout is paused; it forbids scale-downs for "
                             "10 min, then no more")};
    }
    if (rollout == api::Rollout::Stuck) {
      return Finding{std::string(conditions::kProgressDeadlineExceeded),
                     of_tier(tier,
                             "the target's rollout does not get on; it forbids "
                             "scale-downs for 10 min, then no more")};
    }
  }
  return {};
}

// A plan that holds, or cannot begin: with the node and the number.
Found unsafe_data_tier(const std::vector<api::TierStatus>& tiers) {
  for (const api::TierStatus& tier : tiers) {
    if (!tier.plan || tier.plan->reason.empty()) continue;
    return Finding{tier.plan->reason,
                   "tier " + tier.name + ", " + tier.plan->phase + ": " + tier.plan->message};
  }
  return {};
}

Found limitation(const ReportInputs& in) {
  for (const TierReport& tier : in.tiers) {
    if (tier.evaluation == nullptr) continue;
    const scaling::Decision& decision = tier.evaluation->decision;
    if (is_limitation(decision.reason)) return Finding{decision.reason, decision.message};
  }
  return {};
}

bool evaluated(const ReportInputs& in) {
  return std::any_of(in.tiers.begin(), in.tiers.end(),
                     [](const TierReport& tier) { return tier.evaluation != nullptr; });
}

// What the tiers decided, the first one that is not simply content first.
Finding in_short(const ReportInputs& in) {
  const Evaluation* shown = nullptr;
  for (const TierReport& tier : in.tiers) {
    if (tier.evaluation == nullptr) continue;
    const bool content = tier.evaluation->decision.reason == reasons::kWithinBand;
    const bool shown_is_content =
        shown != nullptr && shown->decision.reason == reasons::kWithinBand;
    if (shown == nullptr || (shown_is_content && !content)) shown = tier.evaluation;
  }
  if (shown == nullptr) return {};
  return {shown->decision.reason, shown->decision.message};
}

api::Condition condition(std::string_view type, ConditionStatus status, Finding finding) {
  api::Condition out;
  out.type = type;
  out.status = status;
  out.reason = std::move(finding.reason);
  out.message = std::move(finding.message);
  return out;
}

Found first_of(std::initializer_list<Found> findings) {
  for (const Found& finding : findings) {
    if (finding) return finding;
  }
  return {};
}

// Before this process evaluated anything: what the last one said, if it is about this spec.
api::Condition before_evaluation(const ReportInputs& in, std::string_view type) {
  const api::Condition* old = api::find_condition(in.old->conditions, type);
  const bool stands = old != nullptr && in.visit->service != nullptr &&
                      old->observed_generation == in.visit->service->meta.generation &&
                      std::find(kNotOfAnEvaluation.begin(), kNotOfAnEvaluation.end(),
                                old->reason) == kNotOfAnEvaluation.end();
  if (stands) return *old;
  return condition(type, ConditionStatus::Unknown,
                   {std::string(conditions::kWaitingForReadings),
                    "the metrics of this service have not been asked for yet"});
}

// As far as is known of a process that has not evaluated yet: a restart is no news.
bool stood_back(const ReportInputs& in) {
  const api::Condition* old = api::find_condition(in.old->conditions, conditions::kAbleToScale);
  return old != nullptr && old->observed_generation == in.visit->service->meta.generation &&
         std::find(kOtherWriters.begin(), kOtherWriters.end(), old->reason) != kOtherWriters.end();
}

// Said on the first visit after it was asked for.
Found paused(const ReportInputs& in) {
  if (in.visit->service->spec.mode == api::Mode::Paused) {
    return Finding{"ModePaused", "spec.mode is Paused: nothing is scaled"};
  }
  const scaling::Pause& pause = in.visit->pause;
  if (pause.which != scaling::Pause::Which::Everything) return {};
  return Finding{std::string(reasons::kPaused), pause.why + ": nothing is scaled"};
}

Found paused_decisions(const ReportInputs& in) {
  Found found = paused(in);
  if (found) found->reason = reasons::kPaused;
  return found;
}

Found contested(const ReportInputs& in) {
  if (Found found = decided(in, reasons::kContested)) return found;
  const api::Condition* old = api::find_condition(in.old->conditions, conditions::kContested);
  if (evaluated(in) || old == nullptr || !stood_back(in)) return {};
  return Finding{old->reason, old->message};
}

api::Condition scaling_active(const ReportInputs& in) {
  const std::string_view type = conditions::kScalingActive;
  const Found obstacle =
      first_of({spec_problem(in), target_problem(in), metric_problem(in), without_readings(in),
                decided(in, reasons::kScalingDisabled), paused_decisions(in)});
  if (obstacle) return condition(type, ConditionStatus::False, *obstacle);
  if (!evaluated(in)) return before_evaluation(in, type);
  return condition(
      type, ConditionStatus::True,
      {std::string(conditions::kValidMetricFound), "decisions are made from fresh readings"});
}

api::Condition able_to_scale(const ReportInputs& in) {
  const Found obstacle =
      first_of({spec_problem(in), target_problem(in), other_writer(in), scale_failure(in)});
  if (obstacle) return condition(conditions::kAbleToScale, ConditionStatus::False, *obstacle);
  if (!evaluated(in) && stood_back(in)) return before_evaluation(in, conditions::kAbleToScale);
  return condition(
      conditions::kAbleToScale, ConditionStatus::True,
      {std::string(conditions::kReadyForNewScale), "every target can be read and scaled"});
}

api::Condition scaling_limited(const ReportInputs& in, const std::vector<api::TierStatus>& tiers) {
  const std::string_view type = conditions::kScalingLimited;
  if (const Found finding = first_of({long_veto(tiers), limitation(in)})) {
    return condition(type, ConditionStatus::True, *finding);
  }
  if (!evaluated(in) && !spec_problem(in)) return before_evaluation(in, type);
  return condition(type, ConditionStatus::False,
                   {std::string(conditions::kDesiredWithinRange),
                    "nothing keeps a decision from being carried out"});
}

api::Condition ready(const ReportInputs& in) {
  const Found obstacle =
      first_of({spec_problem(in), target_problem(in), other_writer(in), metric_problem(in),
                scale_failure(in), decided(in, reasons::kMetricsUnavailable)});
  if (obstacle) return condition(conditions::kReady, ConditionStatus::False, *obstacle);
  if (!evaluated(in)) return before_evaluation(in, conditions::kReady);
  return condition(conditions::kReady, ConditionStatus::True, in_short(in));
}

}  // namespace

bool is_limitation(std::string_view decision_reason) {
  return std::find(kLimitations.begin(), kLimitations.end(), decision_reason) != kLimitations.end();
}

std::vector<api::Condition> make_conditions(const ReportInputs& in,
                                            const std::vector<api::TierStatus>& tiers) {
  std::vector<api::Condition> wanted{ready(in), scaling_active(in), able_to_scale(in),
                                     scaling_limited(in, tiers)};
  Found dry_run;
  if (in.visit->service->spec.mode == api::Mode::DryRun) {
    dry_run = Finding{"ModeDryRun", "decisions are made and recorded, not acted upon"};
  }
  // Starting from what was there keeps the times of conditions that did not change.
  std::vector<api::Condition> out = in.old->conditions;
  for (const auto& [type, found] : {std::pair{conditions::kDryRun, dry_run},
                                    {conditions::kPaused, paused(in)},
                                    {conditions::kContested, contested(in)},
                                    {conditions::kRolloutStalled, stalled_rollout(in)},
                                    {conditions::kDataTierUnsafe, unsafe_data_tier(tiers)}}) {
    if (found) {
      wanted.push_back(condition(type, ConditionStatus::True, *found));
    } else {
      api::remove_condition(out, type);
    }
  }
  for (api::Condition& each : wanted) {
    each.observed_generation = in.visit->service->meta.generation;
    api::set_condition(out, std::move(each), in.visit->wall);
  }
  return out;
}

}  // namespace evalscaler::reconcile
