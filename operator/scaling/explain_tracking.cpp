// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "core/quantity.hpp"
#include "core/text.hpp"
#include "scaling/explain.hpp"
#include "scaling/target_tracking.hpp"

namespace evalscaler::scaling {
namespace {

constexpr double kRounding = 1e-9;

bool is_total(const MetricView& view) {
  return view.tracked->target.type == api::MetricTargetType::AverageValue;
}

// What one times the target stands for: the ratio of Value and Utilization is multiplied by the
// ready replicas, that of AverageValue is of all. Zero: no reading asks for more.
double replicas_per_ratio(const MetricView& view, const TierInputs& inputs) {
  if (is_total(view)) return inputs.target.spec_replicas;
  return inputs.target.spec_replicas == 0 ? 1 : inputs.target.ready_replicas;
}

// The reading at which the ratio is `ratio`.
double value_at(const MetricView& view, const TierInputs& inputs, double ratio) {
  return view.tracked->target.value.value * ratio *
         (is_total(view) ? inputs.target.spec_replicas : 1);
}

// The nearest to its target's upper end first, those not fresh last.
std::vector<const MetricView*> by_ratio(const Situation& situation) {
  std::vector<const MetricView*> order;
  for (const MetricView& view : situation.metrics) order.push_back(&view);
  const auto ratio = [&](const MetricView* view) {
    return view->reading->fresh() ? target_ratio(*view, *situation.inputs) : -1.0;
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](const MetricView* a, const MetricView* b) { return ratio(a) > ratio(b); });
  return order;
}

std::string limit_text(const MetricView& view, std::string_view sign, const TrackedLimit& limit) {
  return std::string(view.name) + " " + std::string(sign) + " " + short_number(limit.value) + " (" +
         is_text(*view.reading) + "; gives " + std::to_string(limit.gives) + ")";
}

}  // namespace

std::string target_text(const Situation& situation, const MetricView& view) {
  const TierInputs& inputs = *situation.inputs;
  std::string text = std::string(view.name) + " " + short_number(view.reading->value) + " is " +
                     short_number(target_ratio(view, inputs)) + " times its target " +
                     short_number(view.tracked->target.value.value);
  if (is_total(view)) text += " x " + std::to_string(inputs.target.spec_replicas) + " replicas";
  return text;
}

// Above the tolerance, and so far that ceil(ratio x replicas) is more than there is.
std::optional<TrackedLimit> limit_up(const MetricView& view, const TierInputs& inputs) {
  const double per_ratio = replicas_per_ratio(view, inputs);
  const double current = inputs.target.spec_replicas;
  if (is_total(view) && current == 0) return TrackedLimit{0, 1, false};
  if (per_ratio <= 0) return std::nullopt;
  const double ratio = std::max(1 + tolerance_of(*inputs.tier).up, current / per_ratio);
  const double gives = std::floor(ratio * per_ratio * (1 + kRounding)) + 1;
  return TrackedLimit{value_at(view, inputs, ratio), static_cast<Replicas>(gives), false};
}

// Below the tolerance, and so far that ceil(ratio x replicas) is less than there is.
std::optional<TrackedLimit> limit_down(const MetricView& view, const TierInputs& inputs) {
  const double per_ratio = replicas_per_ratio(view, inputs);
  const double fewer = inputs.target.spec_replicas - 1.0;
  const double tolerated = 1 - tolerance_of(*inputs.tier).down;
  if (per_ratio <= 0 || fewer < 0 || tolerated <= 0) return std::nullopt;
  // At exactly this ratio one fewer is enough; the tolerance has to be left behind.
  const double enough = fewer / per_ratio;
  const bool inclusive = enough < tolerated;
  const double ratio = std::min(enough, tolerated);
  const double gives = std::ceil(ratio * per_ratio * (1 - kRounding));
  return TrackedLimit{value_at(view, inputs, ratio), static_cast<Replicas>(gives), inclusive};
}

std::string tracking_way_up(const Situation& situation) {
  const MetricView* leading = leading_metric(situation);
  if (leading != nullptr && tracked_proposal(*leading, *situation.inputs) > situation.current()) {
    return "up is asked for: " + target_text(situation, *leading);
  }
  std::vector<std::string> parts;
  for (const MetricView* view : by_ratio(situation)) {
    const auto limit = limit_up(*view, *situation.inputs);
    if (limit) parts.push_back(limit_text(*view, ">", *limit));
  }
  if (parts.empty()) return "up needs a replica that is ready";
  return "up needs " + first_few(parts, " or ");
}

// Down takes every metric: the largest proposal wins, and one that holds is one.
std::string tracking_way_down(const Situation& situation) {
  const TierInputs& inputs = *situation.inputs;
  if (tolerance_of(situation.tier()).down >= 1) {
    return "down can never fire: the tolerance is 1 or more";
  }
  std::vector<std::string> parts;
  for (const MetricView* view : by_ratio(situation)) {
    if (!view->reading->fresh() && !view->vetoes_down) continue;
    const bool low = view->reading->fresh_enough_to_shrink() &&
                     tracked_proposal(*view, inputs) < situation.current();
    const auto limit = limit_down(*view, inputs);
    if (!low && limit) parts.push_back(limit_text(*view, limit->inclusive ? "<=" : "<", *limit));
  }
  if (parts.empty()) return "down is asked for: every metric wants fewer";
  return "down needs " + first_few(parts, " and ");
}

}  // namespace evalscaler::scaling
