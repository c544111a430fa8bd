// SPDX-License-Identifier: Apache-2.0
#include "reconcile/status_change.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "reconcile/status_report.hpp"

namespace evalscaler::reconcile {
namespace {

using api::Condition;
using api::DecisionRecord;
using api::MetricStatus;
using api::ServiceStatus;
using api::TierStatus;

constexpr double kWorthARefresh = 0.1;

template <typename T, typename Same>
bool all_same(const std::vector<T>& left, const std::vector<T>& right, Same same) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), same);
}

bool same_condition(const Condition& left, const Condition& right) {
  return left.type == right.type && left.status == right.status && left.reason == right.reason &&
         left.observed_generation == right.observed_generation;
}

bool same_metric_state(const MetricStatus& left, const MetricStatus& right) {
  return left.name == right.name && left.state == right.state;
}

bool same_outcome(const std::optional<DecisionRecord>& left,
                  const std::optional<DecisionRecord>& right) {
  if (!left || !right) return !left && !right;
  return left->from == right->from && left->to == right->to && left->applied == right->applied &&
         left->reason == right->reason;
}

bool same_record(const DecisionRecord& left, const DecisionRecord& right) {
  return left.tier == right.tier && left.time == right.time && left.from == right.from &&
         left.to == right.to && left.applied == right.applied && left.reason == right.reason;
}

// Its progress and words ride along.
bool same_plan(const std::optional<api::PlanStatus>& left,
               const std::optional<api::PlanStatus>& right) {
  if (!left || !right) return !left && !right;
  return left->id == right->id && left->phase == right->phase && left->reason == right->reason &&
         left->journal == right->journal;
}

bool same_decision(const TierStatus& left, const TierStatus& right) {
  return left.name == right.name && left.last_scale_up == right.last_scale_up &&
         left.last_scale_down == right.last_scale_down && left.scale_events == right.scale_events &&
         same_plan(left.plan, right.plan) && left.contest == right.contest &&
         left.vetoed_since == right.vetoed_since &&
         vetoed_for_long(left) == vetoed_for_long(right) &&
         same_outcome(left.last_decision, right.last_decision) &&
         all_same(left.metrics, right.metrics, same_metric_state);
}

bool same_counts(const TierStatus& left, const TierStatus& right) {
  return left.current == right.current && left.ready == right.ready &&
         left.desired == right.desired &&
         (left.plan ? left.plan->progress : api::PlanProgress{}) ==
             (right.plan ? right.plan->progress : api::PlanProgress{});
}

bool moved(const MetricStatus& left, const MetricStatus& right) {
  if (!left.value || !right.value) return left.value.has_value() != right.value.has_value();
  return std::abs(*right.value - *left.value) > kWorthARefresh * std::abs(*left.value);
}

bool any_moved(const TierStatus& left, const TierStatus& right) {
  return !all_same(left.metrics, right.metrics,
                   [](const MetricStatus& a, const MetricStatus& b) { return !moved(a, b); });
}

}  // namespace

StatusChange compare(const ServiceStatus& old, const ServiceStatus& wanted) {
  const bool decided = old.observed_generation != wanted.observed_generation ||
                       !all_same(old.conditions, wanted.conditions, same_condition) ||
                       !all_same(old.tiers, wanted.tiers, same_decision) ||
                       !all_same(old.recent_decisions, wanted.recent_decisions, same_record);
  if (decided) return StatusChange::Decided;
  if (!all_same(old.tiers, wanted.tiers, same_counts) || old.summary != wanted.summary) {
    return StatusChange::Counted;
  }
  for (std::size_t i = 0; i < old.tiers.size(); ++i) {
    if (any_moved(old.tiers[i], wanted.tiers[i])) return StatusChange::Moved;
  }
  return StatusChange::None;
}

}  // namespace evalscaler::reconcile
