// SPDX-License-Identifier: Apache-2.0
#include "scaling/target_tracking.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "scaling/explain.hpp"
#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {
namespace {

bool is_total(const MetricView& view) {
  return view.tracked->target.type == api::MetricTargetType::AverageValue;
}

// Infinite and huge values end at what a replica count can hold, before any conversion.
Replicas ceiling(double value) {
  constexpr Replicas kMost = std::numeric_limits<Replicas>::max();
  if (!(value > 0)) return 0;
  const double up = std::ceil(value);
  return up >= static_cast<double>(kMost) ? kMost : static_cast<Replicas>(up);
}

}  // namespace

Tolerance tolerance_of(const api::Tier& tier) {
  const double both = tier.target_tracking ? tier.target_tracking->tolerance.value : 0;
  if (!tier.behavior) return {both, both};
  return {tier.behavior->scale_up.tolerance.value_or(Quantity{both}).value,
          tier.behavior->scale_down.tolerance.value_or(Quantity{both}).value};
}

double target_ratio(const MetricView& view, const TierInputs& inputs) {
  const double value = view.reading->value;
  double target = view.tracked->target.value.value;
  if (is_total(view)) target *= inputs.target.spec_replicas;
  if (target > 0) return value / target;
  return value > 0 ? std::numeric_limits<double>::infinity() : 1;
}

Replicas tracked_proposal(const MetricView& view, const TierInputs& inputs) {
  const Replicas current = inputs.target.spec_replicas;
  const double ratio = target_ratio(view, inputs);
  const Tolerance tolerance = tolerance_of(*inputs.tier);
  if (1 - tolerance.down <= ratio && ratio <= 1 + tolerance.up) return current;
  Replicas wanted = 0;
  if (is_total(view)) {
    wanted = ceiling(view.reading->value / view.tracked->target.value.value);
  } else {
    wanted = ceiling(current == 0 ? ratio : ratio * inputs.target.ready_replicas);
  }
  return ratio > 1 ? std::max(wanted, current) : std::min(wanted, current);
}

const MetricView* leading_metric(const Situation& situation) {
  const MetricView* leading = nullptr;
  Replicas most = 0;
  for (const MetricView& view : situation.metrics) {
    if (view.tracked == nullptr || !view.reading->fresh()) continue;
    const Replicas wanted = tracked_proposal(view, *situation.inputs);
    if (leading != nullptr && wanted <= most) continue;
    leading = &view;
    most = wanted;
  }
  return leading;
}

// Bounds come later; here it says what the metrics alone would have.
std::optional<Verdict> target_tracking(const Situation& situation, Replicas /*proposed*/) {
  const MetricView* leading = leading_metric(situation);
  if (leading == nullptr) return std::nullopt;
  const Replicas wanted = tracked_proposal(*leading, *situation.inputs);
  if (wanted == situation.current()) return std::nullopt;
  return Verdict{wanted,
                 wanted > situation.current() ? reasons::kAboveTarget : reasons::kBelowTarget};
}

std::string say_target_tracking(const Situation& situation, const Ruling& ruling) {
  const MetricView* leading = leading_metric(situation);
  assert(leading != nullptr);
  return target_text(situation, *leading) + " asks for " + std::to_string(ruling.to);
}

}  // namespace evalscaler::scaling
