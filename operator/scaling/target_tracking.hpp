// SPDX-License-Identifier: Apache-2.0
// TargetTracking: HPA v2's replica arithmetic on any reading. Pure.
//
// Authority: kubernetes pkg/controller/podautoscaler/replica_calculator.go. r = value / target
// (AverageValue: total / (target x replicas)); while 1 - tolerance <= r <= 1 + tolerance nothing
// changes; else ceil(r x ready), or ceil(total / target). One divergence, on purpose: with r > 1
// the result is never below the current replicas, and with r < 1 never above (HPA, with pods that
// are not ready, can do either). Of several metrics the largest proposal wins.
#pragma once

#include <optional>

#include "scaling/situation.hpp"

namespace evalscaler::scaling {

struct Tolerance {
  double up = 0;
  double down = 0;
};
Tolerance tolerance_of(const api::Tier& tier);

// Value / target; infinite where there is load and no replica to carry it.
double target_ratio(const MetricView& view, const TierInputs& inputs);
// Of one fresh metric.
Replicas tracked_proposal(const MetricView& view, const TierInputs& inputs);

// The reading beyond which a metric asks for another number, and for which one then.
struct TrackedLimit {
  double value = 0;
  Replicas gives = 0;
  bool inclusive = false;  // at the value itself, too
};
// Empty if no reading would do: nothing is ready, or the tolerance is 1 or more.
std::optional<TrackedLimit> limit_up(const MetricView& view, const TierInputs& inputs);
std::optional<TrackedLimit> limit_down(const MetricView& view, const TierInputs& inputs);

// The metric with the largest proposal, the first of several; null if none is fresh.
const MetricView* leading_metric(const Situation& situation);

}  // namespace evalscaler::scaling
