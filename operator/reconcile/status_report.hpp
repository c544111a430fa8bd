// SPDX-License-Identifier: Apache-2.0
// StatusReport: what a visit says in the resource's status. Pure.
//
// The last evaluation stays in status until the next one: a visit that was caused by a changed
// object reports new replicas without deciding anew. Times are whole seconds.
#pragma once

#include <string>
#include <vector>

#include "api/service_status.hpp"
#include "core/clock.hpp"
#include "reconcile/plan_memory.hpp"
#include "reconcile/service_visit.hpp"
#include "scaling/evaluation_memory.hpp"

namespace evalscaler::reconcile {

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

}  // namespace evalscaler::reconcile
