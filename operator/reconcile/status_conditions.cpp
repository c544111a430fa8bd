// SPDX-License-Identifier: Apache-2.0
#include "reconcile/status_conditions.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "api/conditions.hpp"
#include "core/text.hpp"
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
};

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

Found scale_failure(const ReportInputs& in) {
  for (const TierReport& tier : in.tiers) {
    if (tier.evaluation == nullptr || !tier.evaluation->failure) continue;
    return Finding{std::string(conditions::kScaleFailed),
                   of_tier(tier, tier.evaluation->failure->message)};
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

api::Condition scaling_active(const ReportInputs& in) {
  const std::string_view type = conditions::kScalingActive;
  const Found obstacle =
      first_of({spec_problem(in), target_problem(in), metric_problem(in),
                decided(in, reasons::kMetricsUnavailable), decided(in, reasons::kScalingDisabled),
                decided(in, reasons::kPaused)});
  if (obstacle) return condition(type, ConditionStatus::False, *obstacle);
  if (!evaluated(in)) return before_evaluation(in, type);
  return condition(
      type, ConditionStatus::True,
      {std::string(conditions::kValidMetricFound), "decisions are made from fresh readings"});
}

api::Condition able_to_scale(const ReportInputs& in) {
  const Found obstacle = first_of({spec_problem(in), target_problem(in), scale_failure(in)});
  if (obstacle) return condition(conditions::kAbleToScale, ConditionStatus::False, *obstacle);
  return condition(
      conditions::kAbleToScale, ConditionStatus::True,
      {std::string(conditions::kReadyForNewScale), "every target can be read and scaled"});
}

api::Condition scaling_limited(const ReportInputs& in) {
  const std::string_view type = conditions::kScalingLimited;
  if (const Found finding = limitation(in)) {
    return condition(type, ConditionStatus::True, *finding);
  }
  if (!evaluated(in) && !spec_problem(in)) return before_evaluation(in, type);
  return condition(type, ConditionStatus::False,
                   {std::string(conditions::kDesiredWithinRange),
                    "nothing keeps a decision from being carried out"});
}

api::Condition ready(const ReportInputs& in) {
  const Found obstacle = first_of({spec_problem(in), target_problem(in), metric_problem(in),
                                   scale_failure(in), decided(in, reasons::kMetricsUnavailable)});
  if (obstacle) return condition(conditions::kReady, ConditionStatus::False, *obstacle);
  if (!evaluated(in)) return before_evaluation(in, conditions::kReady);
  return condition(conditions::kReady, ConditionStatus::True, in_short(in));
}

}  // namespace

bool is_limitation(std::string_view decision_reason) {
  return std::find(kLimitations.begin(), kLimitations.end(), decision_reason) != kLimitations.end();
}

std::vector<api::Condition> make_conditions(const ReportInputs& in) {
  std::vector<api::Condition> wanted{ready(in), scaling_active(in), able_to_scale(in),
                                     scaling_limited(in)};
  const api::Mode mode = in.visit->service->spec.mode;
  if (mode == api::Mode::DryRun) {
    wanted.push_back(condition(conditions::kDryRun, ConditionStatus::True,
                               {"ModeDryRun", "decisions are made and recorded, not acted upon"}));
  }
  const Found paused = mode == api::Mode::Paused
                           ? Finding{"ModePaused", "spec.mode is Paused: nothing is scaled"}
                           : decided(in, reasons::kPaused);
  if (paused) wanted.push_back(condition(conditions::kPaused, ConditionStatus::True, *paused));
  // Starting from what was there keeps the times of conditions that did not change.
  std::vector<api::Condition> out = in.old->conditions;
  for (api::Condition& each : wanted) {
    each.observed_generation = in.visit->service->meta.generation;
    api::set_condition(out, std::move(each), in.visit->wall);
  }
  if (mode != api::Mode::DryRun) api::remove_condition(out, conditions::kDryRun);
  if (!paused) api::remove_condition(out, conditions::kPaused);
  return out;
}

}  // namespace evalscaler::reconcile
