// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/quantity.hpp"
#include "core/text.hpp"
#include "scaling/explain.hpp"
#include "scaling/target_tracking.hpp"

namespace evalscaler::scaling {
namespace {

// The reading at which the ratio is `ratio`.
double value_at(const MetricView& view, const TierInputs& inputs, double ratio) {
  const bool total = view.tracked->target.type == api::MetricTargetType::AverageValue;
  return view.tracked->target.value.value * ratio * (total ? inputs.target.spec_replicas : 1);
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

std::string limit_text(const MetricView& view, std::string_view sign, double limit) {
  return std::string(view.name) + " " + std::string(sign) + " " + short_number(limit) + " (" +
         is_text(*view.reading) + ")";
}

}  // namespace

std::string target_text(const Situation& situation, const MetricView& view) {
  const TierInputs& inputs = *situation.inputs;
  const bool total = view.tracked->target.type == api::MetricTargetType::AverageValue;
  std::string text = std::string(view.name) + " " + short_number(view.reading->value) + " is " +
                     short_number(target_ratio(view, inputs)) + " times its target " +
                     short_number(view.tracked->target.value.value);
  if (total) text += " x " + std::to_string(inputs.target.spec_replicas) + " replicas";
  return text;
}

std::string tracking_way_up(const Situation& situation) {
  const double ratio = 1 + tolerance_of(situation.tier()).up;
  std::vector<std::string> parts;
  for (const MetricView* view : by_ratio(situation)) {
    parts.push_back(limit_text(*view, ">", value_at(*view, *situation.inputs, ratio)));
  }
  return "up needs " + first_few(parts, " or ");
}

// Down takes every metric: the largest proposal wins, and one that holds is one.
std::string tracking_way_down(const Situation& situation) {
  const double ratio = 1 - tolerance_of(situation.tier()).down;
  if (ratio <= 0) return "down can never fire: the tolerance is 1 or more";
  std::vector<std::string> parts;
  for (const MetricView* view : by_ratio(situation)) {
    if (!view->reading->fresh() && !view->vetoes_down) continue;
    const bool low =
        view->reading->fresh_enough_to_shrink() && target_ratio(*view, *situation.inputs) < ratio;
    if (!low) {
      parts.push_back(limit_text(*view, "<", value_at(*view, *situation.inputs, ratio)));
    }
  }
  if (parts.empty()) return "down needs a target that fewer replicas can keep";
  return "down needs " + first_few(parts, " and ");
}

}  // namespace evalscaler::scaling
