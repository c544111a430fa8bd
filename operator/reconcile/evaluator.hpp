// SPDX-License-Identifier: Apache-2.0
// Evaluator: the second call of a visit: from readings and target to a decision.
//
// Counts the streak of fresh evaluations and knows which one is the first; the decision itself
// is scaling::decide. No I/O.
#pragma once

#include "prometheus/reading_source.hpp"
#include "reconcile/service_visit.hpp"
#include "reconcile/visit_memory.hpp"

namespace evalscaler::reconcile {

class Evaluator {
 public:
  // `readings` must outlive it.
  Evaluator(const prometheus::ReadingSource& readings, api::Replicas max_replicas_limit)
      : readings_(readings), limit_(max_replicas_limit) {}

  // `tier` has been seen. Evaluating one round twice (its write lost a race) counts it once.
  Evaluation evaluate(const TierVisit& tier, const ServiceVisit& visit, TierMemory& memory) const;

 private:
  const prometheus::ReadingSource& readings_;
  api::Replicas limit_;
};

}  // namespace evalscaler::reconcile
