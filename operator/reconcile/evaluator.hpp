// SPDX-License-Identifier: Apache-2.0
// Evaluator: the second call of a visit: from readings and target to a decision.
//
// Counts the streak of fresh evaluations and knows which one is the first; the decision itself
// is scaling::decide. No I/O.
//
// The first evaluation after a start only observes. A process that has just relieved a leader
// at work (with filled caches, and a status that says what that one saw) goes on where it was.
#pragma once

#include <functional>
#include <utility>

#include "prometheus/reading_source.hpp"
#include "reconcile/service_visit.hpp"
#include "reconcile/visit_memory.hpp"

namespace evalscaler::reconcile {

class Evaluator {
 public:
  // `readings` must outlive it. `relieves`: whether a leader at work was relieved just now; null
  // = never.
  Evaluator(const prometheus::ReadingSource& readings, api::Replicas max_replicas_limit,
            std::function<bool()> relieves = {})
      : readings_(readings), limit_(max_replicas_limit), relieves_(std::move(relieves)) {}

  // `tier` has been seen. Evaluating one round twice (its write lost a race) counts it once.
  Evaluation evaluate(const TierVisit& tier, const ServiceVisit& visit, TierMemory& memory) const;

 private:
  const prometheus::ReadingSource& readings_;
  api::Replicas limit_;
  std::function<bool()> relieves_;
};

}  // namespace evalscaler::reconcile
