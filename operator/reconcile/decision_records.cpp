// SPDX-License-Identifier: Apache-2.0
#include "reconcile/decision_records.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "reconcile/status_conditions.hpp"
#include "reconcile/status_report.hpp"
#include "scaling/reasons.hpp"

namespace evalscaler::reconcile {

bool is_same(const api::DecisionRecord& left, const api::DecisionRecord& right) {
  return left.tier == right.tier && left.time == right.time && left.from == right.from &&
         left.to == right.to && left.applied == right.applied && left.reason == right.reason;
}

bool holds(const api::ServiceStatus& status, const api::DecisionRecord& decision) {
  return std::any_of(status.recent_decisions.begin(), status.recent_decisions.end(),
                     [&](const api::DecisionRecord& each) { return is_same(each, decision); });
}

const api::DecisionRecord* newest_applied(const api::ServiceStatus& status,
                                          const std::vector<api::DecisionRecord>& unwritten,
                                          const std::string& tier) {
  for (const auto* records : {&unwritten, &status.recent_decisions}) {
    for (auto at = records->rbegin(); at != records->rend(); ++at) {
      if (at->tier == tier && at->applied) return &*at;
    }
  }
  return nullptr;
}

api::DecisionRecord record_of(const Evaluation& evaluation, const std::string& tier) {
  const scaling::Decision& decision = evaluation.decision;
  return {tier,
          std::chrono::floor<std::chrono::seconds>(evaluation.time),
          decision.from,
          decision.to,
          evaluation.applied,
          decision.reason,
          decision.message,
          decision.steps};
}

bool newly_refused(const std::optional<api::DecisionRecord>& last,
                   const scaling::Decision& decision) {
  return decision.direction() == scaling::Direction::Hold && is_limitation(decision.reason) &&
         decision.reason != scaling::reasons::kAtMinimum &&
         (!last || last->reason != decision.reason);
}

bool is_memorable(const Evaluation& now, const std::optional<api::DecisionRecord>& last,
                  const std::optional<Evaluation>& before) {
  if (now.decision.direction() == scaling::Direction::Hold)
    return newly_refused(last, now.decision);
  const bool failed_before = before && before->failure.has_value();
  return !now.failure || !failed_before;
}

std::optional<api::DecisionRecord> last_decision(const api::ServiceStatus& status,
                                                 const std::vector<api::DecisionRecord>& unwritten,
                                                 const std::string& tier) {
  for (auto at = unwritten.rbegin(); at != unwritten.rend(); ++at) {
    if (at->tier == tier) return *at;
  }
  const api::TierStatus* known = find_tier(status, tier);
  return known != nullptr ? known->last_decision : std::nullopt;
}

void remember(std::vector<api::DecisionRecord>& unwritten, api::DecisionRecord record) {
  const bool known = std::any_of(unwritten.begin(), unwritten.end(),
                                 [&](const auto& each) { return is_same(each, record); });
  if (known) return;
  if (unwritten.size() == kRecentDecisions) unwritten.erase(unwritten.begin());
  unwritten.push_back(std::move(record));
}

}  // namespace evalscaler::reconcile
