// SPDX-License-Identifier: Apache-2.0
#include "reconcile/announcements.hpp"

#include <algorithm>

#include "api/conditions.hpp"
#include "reconcile/decision_records.hpp"
#include "reconcile/status_conditions.hpp"
#include "reconcile/status_report.hpp"
#include "scaling/reasons.hpp"

namespace evalscaler::reconcile {
namespace {

namespace reasons = scaling::reasons;
using api::ConditionStatus;
using kube::EventType;

bool is_wait(std::string_view reason) {
  return reason == reasons::kCooldownUp || reason == reasons::kCooldownDown ||
         reason == reasons::kFreshStreakIncomplete || reason == reasons::kPlanInMotion ||
         reason == reasons::kScaleDownBudget;
}

void add_refusals(const api::ServiceStatus& old, const api::ServiceStatus& wanted,
                  std::vector<Announcement>& out) {
  for (const api::DecisionRecord& record : wanted.recent_decisions) {
    if (record.from != record.to || holds(old, record)) continue;
    const EventType type = is_wait(record.reason) ? EventType::Normal : EventType::Warning;
    out.push_back({type, record.reason, "Evaluate", record.message});
  }
}

void add_readiness(const api::ServiceStatus& old, const api::ServiceStatus& wanted,
                   std::vector<Announcement>& out) {
  const api::Condition* before = api::find_condition(old.conditions, conditions::kReady);
  const api::Condition* after = api::find_condition(wanted.conditions, conditions::kReady);
  const bool was_bad = before != nullptr && before->status == ConditionStatus::False;
  const bool is_bad = after != nullptr && after->status == ConditionStatus::False;
  if (is_bad && (!was_bad || before->reason != after->reason)) {
    const bool of_scaling = after->reason == conditions::kScaleFailed;
    out.push_back(
        {EventType::Warning, after->reason, of_scaling ? "Scale" : "Evaluate", after->message});
  }
  const api::Condition* active = api::find_condition(wanted.conditions, conditions::kScalingActive);
  const bool blind = active != nullptr && active->reason == reasons::kMetricsUnavailable;
  const bool is_good = after != nullptr && after->status == ConditionStatus::True;
  if (was_bad && is_good && !blind && before->reason == reasons::kMetricsUnavailable) {
    out.push_back(
        {EventType::Normal, "MetricsRecovered", "Evaluate", "at least one reading is fresh again"});
  }
}

void add_long_vetoes(const api::ServiceStatus& old, const api::ServiceStatus& wanted,
                     std::vector<Announcement>& out) {
  const bool known = std::any_of(old.tiers.begin(), old.tiers.end(), vetoed_for_long);
  const bool now = std::any_of(wanted.tiers.begin(), wanted.tiers.end(), vetoed_for_long);
  const api::Condition* says = api::find_condition(wanted.conditions, conditions::kScalingLimited);
  if (known || !now || says == nullptr) return;
  out.push_back({EventType::Warning, says->reason, "Evaluate", says->message});
}

// A plan is told at each of its phases, and when it cannot go on.
void add_plans(const api::ServiceStatus& old, const api::ServiceStatus& wanted,
               std::vector<Announcement>& out) {
  for (const api::TierStatus& tier : wanted.tiers) {
    const api::TierStatus* known = find_tier(old, tier.name);
    const std::optional<api::PlanStatus> before = known == nullptr ? std::nullopt : known->plan;
    const std::string goal = [&] {
      const api::PlanStatus& plan = tier.plan ? *tier.plan : before.value_or(api::PlanStatus{});
      return tier.name + ": plan from " + std::to_string(plan.from) + " to " +
             std::to_string(plan.to);
    }();
    if (!tier.plan) {
      if (before && !before->journal.empty()) {
        out.push_back({EventType::Normal, "PlanDone", "Plan", goal + " is done"});
      }
      continue;
    }
    const bool held_before = before && before->reason == tier.plan->reason;
    if (!tier.plan->reason.empty() && !held_before) {
      out.push_back({EventType::Warning, tier.plan->reason, "Plan",
                     goal + " holds at " + tier.plan->phase + ": " + tier.plan->message});
    } else if (!before || before->phase != tier.plan->phase) {
      out.push_back(
          {EventType::Normal, "Plan" + tier.plan->phase, "Plan", goal + ": " + tier.plan->message});
    }
  }
}

}  // namespace

std::optional<Announcement> announce_scale(const Evaluation& evaluation, api::Mode mode) {
  const scaling::Direction direction = evaluation.decision.direction();
  if (direction == scaling::Direction::Hold) return std::nullopt;
  const bool up = direction == scaling::Direction::Up;
  if (evaluation.applied) {
    return Announcement{EventType::Normal, up ? "ScaledUp" : "ScaledDown", "Scale",
                        evaluation.decision.reason + ": " + evaluation.decision.message};
  }
  if (mode != api::Mode::DryRun) return std::nullopt;
  return Announcement{EventType::Normal, up ? "WouldScaleUp" : "WouldScaleDown", "DryRun",
                      evaluation.decision.reason + ": " + evaluation.decision.message};
}

std::vector<Announcement> announce_changes(const api::ServiceStatus& old,
                                           const api::ServiceStatus& wanted) {
  std::vector<Announcement> out;
  add_refusals(old, wanted, out);
  add_readiness(old, wanted, out);
  add_long_vetoes(old, wanted, out);
  add_plans(old, wanted, out);
  return out;
}

}  // namespace evalscaler::reconcile
