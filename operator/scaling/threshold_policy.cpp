// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>

#include "scaling/explain.hpp"
#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {
namespace {

// ceil(current * v/U), forgiving the rounding that makes 10 * 1.1 more than 11.
double replicas_for(Replicas current, double ratio) {
  constexpr double kRounding = 1e-9;
  return std::ceil(static_cast<double>(current) * ratio * (1 - kRounding));
}

std::int64_t up_step(const Situation& situation, const api::ScaleUpRule& rule) {
  if (!rule.proportional_step) return rule.step;
  double ratio = 1;
  for (const MetricView& view : situation.metrics) {
    if (view.beyond) ratio = std::max(ratio, load_ratio(*view.metric, view.reading->value));
  }
  // The cap keeps the conversion defined; every step is cut to maxReplicas afterwards.
  constexpr double kMostReplicas = 4e9;
  const double wanted = std::min(replicas_for(situation.current(), ratio), kMostReplicas);
  const std::int64_t step =
      std::max<std::int64_t>(rule.step, static_cast<std::int64_t>(wanted) - situation.current());
  return rule.max_step ? std::min<std::int64_t>(step, *rule.max_step) : step;
}

// Only called below max and above min respectively, so the results fit.
Replicas after_up(const Situation& situation, const api::ScaleUpRule& rule) {
  const std::int64_t wanted = situation.current() + up_step(situation, rule);
  return static_cast<Replicas>(std::min<std::int64_t>(wanted, situation.tier().max_replicas));
}

Replicas after_down(const Situation& situation, const api::ScaleDownRule& rule) {
  const std::int64_t wanted = std::int64_t{situation.current()} - rule.step;
  return static_cast<Replicas>(std::max<std::int64_t>(wanted, situation.tier().min_replicas));
}

// The first metric that is, or with `after` replicas would be, beyond its scaleUpThreshold.
const MetricView* would_flap(const Situation& situation, Replicas after) {
  // v * N / N' that is U on paper must not miss it by a rounding.
  constexpr double kRounding = 1e-9;
  for (const MetricView& view : situation.metrics) {
    if (!view.reading->fresh()) continue;
    if (view.beyond) return &view;
    if (!view.proportional) continue;
    const double projected = value_after(view, situation.current(), after);
    const double slack = view.metric->worse == api::Worse::Higher ? -kRounding : kRounding;
    if (is_beyond(*view.metric, projected * (1 + slack))) return &view;
  }
  return nullptr;
}

Verdict down(const Situation& situation, const api::ScaleDownRule& rule) {
  const Replicas after = after_down(situation, rule);
  if (!rule.allow_while_high && would_flap(situation, after) != nullptr) {
    return {situation.current(), reasons::kWouldFlap};
  }
  return {after, reasons::kBelowThresholds};
}

std::string say_flap(const Situation& situation, const api::ScaleDownRule& rule) {
  const Replicas after = after_down(situation, rule);
  const MetricView* obstacle = would_flap(situation, after);
  assert(obstacle != nullptr);
  return flap_text(situation, *obstacle, after);
}

}  // namespace

// Up is looked at first; a tier at its maximum may still go down if its spec allows that.
std::optional<Verdict> threshold_policy(const Situation& situation, Replicas proposed) {
  const api::Tier& tier = situation.tier();
  if (!tier.threshold) return std::nullopt;
  const Replicas current = situation.current();
  const bool up = situation.up_fires();
  if (up && current < tier.max_replicas) {
    return Verdict{after_up(situation, tier.threshold->scale_up), reasons::kThresholdExceeded};
  }
  const bool down_asked = situation.down_fires();
  if (down_asked && current > tier.min_replicas) {
    return down(situation, tier.threshold->scale_down);
  }
  if (up) return Verdict{proposed, reasons::kAtMaximum};
  if (down_asked) return Verdict{proposed, reasons::kAtMinimum};
  return std::nullopt;
}

std::string say_threshold_policy(const Situation& situation, const Ruling& ruling) {
  const api::Tier& tier = situation.tier();
  if (ruling.reason == reasons::kThresholdExceeded) return beyond_text(situation);
  if (ruling.reason == reasons::kBelowThresholds) return low_text(situation);
  if (ruling.reason == reasons::kAtMaximum) {
    return beyond_text(situation) + ", but maxReplicas is " + std::to_string(tier.max_replicas);
  }
  if (ruling.reason == reasons::kAtMinimum) {
    return low_text(situation) + ", but minReplicas is " + std::to_string(tier.min_replicas);
  }
  return say_flap(situation, tier.threshold ? tier.threshold->scale_down : api::ScaleDownRule{});
}

}  // namespace evalscaler::scaling
