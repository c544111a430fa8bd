// SPDX-License-Identifier: Apache-2.0
#include "scaling/situation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace evalscaler::scaling {
namespace {

// Thresholds and scores are decimals to their authors; this keeps v = 1.2 U from falling just
// short of a triggerScore of 0.2.
double to_decimal(double value) {
  constexpr double kScale = 1e12;
  return std::round(value * kScale) / kScale;
}

double up_score(const api::ThresholdMetric& metric, double value) {
  return std::min(load_ratio(metric, value), 2.0) - 1;
}

double share(int low, int voters) {
  return voters == 0 ? 0 : to_decimal(static_cast<double>(low) / voters);
}

bool vetoes(const api::ThresholdMetric& metric, const Reading& reading) {
  return metric.on_unavailable == api::OnUnavailable::HoldDown && !reading.fresh_enough_to_shrink();
}

// The reading at `index`, or one that says why there is none that can be used.
const Reading& usable_reading(const std::vector<Reading>& readings, std::size_t index) {
  static const Reading not_asked = Reading::missing("not asked yet");
  static const Reading not_finite = Reading::invalid("not a finite number");
  if (index >= readings.size()) return not_asked;
  const Reading& reading = readings[index];
  return reading.fresh() && !std::isfinite(reading.value) ? not_finite : reading;
}

MetricView look_at(const TierInputs& inputs, std::size_t index) {
  MetricView view;
  // NOLINTNEXTLINE(bugprone-unchecked-optional-access): assess() has looked
  view.metric = &inputs.tier->threshold->metrics[index];
  view.reading = &usable_reading(inputs.readings, index);
  view.proportional =
      index < inputs.proportional.size()
          ? inputs.proportional[index]
          : view.metric->proportional.value_or(view.metric->worse == api::Worse::Higher);
  const bool whole = view.reading->fresh_enough_to_shrink();
  view.beyond = view.reading->fresh() && is_beyond(*view.metric, view.reading->value);
  view.low = whole && is_low(*view.metric, view.reading->value);
  view.vetoes_down = vetoes(*view.metric, *view.reading);
  view.votes_down = view.metric->scale_down.has_value() && (whole || view.vetoes_down);
  return view;
}

}  // namespace

bool is_beyond(const api::ThresholdMetric& metric, double value) {
  if (!metric.scale_up) return false;
  return metric.worse == api::Worse::Higher ? value > metric.scale_up->value
                                            : value < metric.scale_up->value;
}

bool is_low(const api::ThresholdMetric& metric, double value) {
  if (!metric.scale_down) return false;
  return metric.worse == api::Worse::Higher ? value < metric.scale_down->value
                                            : value > metric.scale_down->value;
}

double load_ratio(const api::ThresholdMetric& metric, double value) {
  const double limit = metric.scale_up ? metric.scale_up->value : 0;
  const double dividend = metric.worse == api::Worse::Higher ? value : limit;
  const double divisor = metric.worse == api::Worse::Higher ? limit : value;
  const double ratio = dividend / divisor;
  return divisor <= 0 || !std::isfinite(ratio) ? 2.0 : ratio;
}

double value_after(const MetricView& view, Replicas current, Replicas after) {
  const double total = view.reading->value * current;
  if (after > 0) return total / after;
  // Nobody is left to carry what there is; nothing stays nothing.
  return total > 0 ? std::numeric_limits<double>::infinity() : 0;
}

bool Situation::up_fires() const {
  return tier().threshold && score.up > 0 &&
         score.up >= tier().threshold->scale_up.trigger_score.value;
}

bool Situation::down_fires() const {
  return tier().threshold && low > 0 && score.down >= tier().threshold->scale_down.quorum.value;
}

bool Situation::any_beyond() const {
  return std::any_of(metrics.begin(), metrics.end(), [](const MetricView& m) { return m.beyond; });
}

bool Situation::any_fresh() const {
  return std::any_of(metrics.begin(), metrics.end(),
                     [](const MetricView& m) { return m.reading->fresh(); });
}

Situation assess(const TierInputs& inputs) {
  Situation situation;
  situation.inputs = &inputs;
  if (!inputs.tier->threshold) return situation;
  const std::size_t count = inputs.tier->threshold->metrics.size();
  situation.metrics.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const MetricView& view = situation.metrics.emplace_back(look_at(inputs, i));
    if (view.beyond) {
      const double score = to_decimal(up_score(*view.metric, view.reading->value));
      situation.score.up = std::max(situation.score.up, score);
    }
    situation.low += view.low ? 1 : 0;
    situation.voters += view.votes_down ? 1 : 0;
  }
  situation.score.down = share(situation.low, situation.voters);
  return situation;
}

int votes_needed(double quorum, int voters) {
  int needed = 1;
  while (needed <= voters && share(needed, voters) < quorum) ++needed;
  return needed;
}

bool keeps_fresh_streak(const api::Tier& tier, const std::vector<Reading>& readings) {
  if (!tier.threshold) return false;
  const auto& metrics = tier.threshold->metrics;
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    if (vetoes(metrics[i], usable_reading(readings, i))) return false;
  }
  return true;
}

}  // namespace evalscaler::scaling
