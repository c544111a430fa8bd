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

bool vetoes(const api::MetricDemand& metric, const Reading& reading) {
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

void judge(MetricView& view, const TierInputs& inputs, std::size_t index) {
  const api::ThresholdMetric& metric = *view.metric;
  view.proportional = index < inputs.proportional.size()
                          ? inputs.proportional[index]
                          : metric.proportional.value_or(metric.worse == api::Worse::Higher);
  const bool whole = view.reading->fresh_enough_to_shrink();
  view.beyond = view.reading->fresh() && is_beyond(metric, view.reading->value);
  view.low = whole && is_low(metric, view.reading->value);
  view.votes_down = metric.scale_down.has_value() && (whole || view.vetoes_down);
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

bool Situation::any_vetoes() const {
  return std::any_of(metrics.begin(), metrics.end(),
                     [](const MetricView& m) { return m.vetoes_down; });
}

void assess(const TierInputs& inputs, Situation& out) {
  const api::Tier& tier = *inputs.tier;
  const std::size_t count = api::metric_count(tier);
  out.inputs = &inputs;
  out.score = {};
  out.low = out.voters = 0;
  out.proposal = inputs.target.spec_replicas;
  out.metrics.clear();
  out.metrics.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const api::MetricDemand demand = api::metric_demand(tier, i);
    MetricView& view = out.metrics.emplace_back();
    view.name = demand.name;
    view.reading = &usable_reading(inputs.readings, i);
    view.vetoes_down = vetoes(demand, *view.reading);
    if (!tier.threshold) {
      view.tracked = &tier.target_tracking->metrics[i];
      continue;
    }
    view.metric = &tier.threshold->metrics[i];
    judge(view, inputs, i);
    if (view.beyond) {
      const double score = to_decimal(up_score(*view.metric, view.reading->value));
      out.score.up = std::max(out.score.up, score);
    }
    out.low += view.low ? 1 : 0;
    out.voters += view.votes_down ? 1 : 0;
  }
  out.score.down = share(out.low, out.voters);
}

Situation assess(const TierInputs& inputs) {
  Situation situation;
  assess(inputs, situation);
  return situation;
}

int votes_needed(double quorum, int voters) {
  int needed = 1;
  while (needed <= voters && share(needed, voters) < quorum) ++needed;
  return needed;
}

bool keeps_fresh_streak(const api::Tier& tier, const std::vector<Reading>& readings) {
  const std::size_t count = api::metric_count(tier);
  for (std::size_t i = 0; i < count; ++i) {
    if (vetoes(api::metric_demand(tier, i), usable_reading(readings, i))) return false;
  }
  return count > 0;
}

}  // namespace evalscaler::scaling
