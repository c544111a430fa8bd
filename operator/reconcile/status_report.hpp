// SPDX-License-Identifier: Apache-2.0
// StatusReport: what a visit says in the resource's status. Pure.
//
// The last evaluation stays in status until the next one: a visit that was caused by a changed
// object reports new replicas without deciding anew. Times are whole seconds.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "api/service_status.hpp"
#include "core/clock.hpp"
#include "reconcile/plan_memory.hpp"
#include "reconcile/service_visit.hpp"
#include "scaling/evaluation_memory.hpp"

namespace evalscaler::reconcile {

inline constexpr std::size_t kRecentDecisions = 10;

struct TierReport {
  const TierVisit* visit = nullptr;        // never null
  const Evaluation* evaluation = nullptr;  // of the present spec; null before the first one
  const scaling::EvaluationMemory* engine = nullptr;     // null: nothing to remember
  const std::optional<api::Contest>* contest = nullptr;  // null: what status says stands
  const PlanMemory* plan = nullptr;                      // null, or knowing nothing: likewise
};

struct ReportInputs {
  const ServiceVisit* visit = nullptr;      // never null
  std::vector<TierReport> tiers;            // in the order of the spec
  const api::ServiceStatus* old = nullptr;  // never null; may be empty
  std::vector<api::DecisionRecord> unwritten;
};

api::ServiceStatus make_status(const ReportInputs& inputs);

// A scale-down that readings have vetoed for over an hour: somebody has to look.
bool vetoed_for_long(const api::TierStatus& tier);

// The tier's entry in a status, or null.
const api::TierStatus* find_tier(const api::ServiceStatus& status, const std::string& name);

// Told apart by their outcome, not by words or steps.
bool is_same(const api::DecisionRecord& left, const api::DecisionRecord& right);

// Whether the status has this decision among its recent ones.
bool holds(const api::ServiceStatus& status, const api::DecisionRecord& decision);

// The newest applied decision about a tier, in a status and in what is not written yet.
const api::DecisionRecord* newest_applied(const api::ServiceStatus& status,
                                          const std::vector<api::DecisionRecord>& unwritten,
                                          const std::string& tier);

api::DecisionRecord record_of(const Evaluation& evaluation, const std::string& tier);

}  // namespace evalscaler::reconcile
