// SPDX-License-Identifier: Apache-2.0
// Thresholds and targets that no reading can ever pass.
#include <algorithm>
#include <string>

#include "checks/checks.hpp"
#include "checks/nice_number.hpp"
#include "checks/reasons.hpp"
#include "core/quantity.hpp"
#include "core/text.hpp"
#include "scaling/target_tracking.hpp"

namespace evalscaler::checks {
namespace {

constexpr double kRounding = 1e-9;

std::string limit_text(const MetricSubject& metric, double limit) {
  return one_line(metric.name(), 64) + " never goes beyond " + short_number(limit) + metric.unit();
}

// A value below which (beyond which) readings are nonsense, not load. True if it was told.
bool outside(const MetricSubject& metric, const std::string& field, double value, Report& out) {
  if (metric.known == nullptr) return false;
  const prometheus::Range& range = metric.known->valid_range;
  const bool below = range.min && value < range.min->value;
  const bool above = range.max && value > range.max->value;
  if (!below && !above) return false;
  const std::string least = range.min ? short_number(range.min->value) : "-infinity";
  const std::string most = range.max ? short_number(range.max->value) : "infinity";
  out.error(
      metric.field + "." + field, reasons::kOutOfRange,
      short_number(value) + " is outside " + least + ".." + most + ", the valid range of " +
          one_line(metric.name(), 64) + metric.unit() + ": such readings are Invalid",
      quoted(field.substr(field.rfind('.') + 1), below ? nice_strictly_above(range.min->value)
                                                       : nice_strictly_below(range.max->value)));
  return true;
}

// The reading at which the metric fires by itself: beyond U by the trigger score.
double firing_value(const api::ThresholdMetric& metric, double score) {
  const double up = metric.scale_up.value_or(Quantity{}).value;
  return metric.worse == api::Worse::Higher ? up * (1 + score) : up / (1 + score);
}

// Of two mends the smaller one first.
std::string up_fix(const api::ThresholdMetric& metric, double most, double score) {
  const double up = metric.scale_up.value_or(Quantity{}).value;
  const double threshold = score > 0 ? nice_below(most / (1 + score)) : nice_strictly_below(most);
  std::string fix = quoted("scaleUpThreshold", threshold);
  if (score <= 0 || up >= most) return fix;
  const std::string other = "scaleUp: {" + quoted("triggerScore", nice_below(most / up - 1)) + "}";
  const bool room = !metric.scale_down || threshold > metric.scale_down->value;
  return room ? fix + ", or " + other : other;
}

void check_up(const MetricSubject& metric, double score, Report& out) {
  const api::ThresholdMetric& rule = *metric.threshold;
  if (!rule.scale_up || outside(metric, "scaleUpThreshold", rule.scale_up->value, out)) return;
  const std::string field = metric.field + ".scaleUpThreshold";
  const double up = rule.scale_up->value;
  const double fires = firing_value(rule, score);
  const std::string needs = score > 0 ? "triggerScore " + short_number(score) + " of " +
                                            short_number(up) + " needs " + short_number(fires) +
                                            metric.unit()
                                      : "scaleUpThreshold " + short_number(up) + " must be passed";
  if (rule.worse == api::Worse::Lower) {
    const auto least = metric.least();
    if (!least || (up > *least && fires >= *least * (1 - kRounding))) return;
    out.error(field, reasons::kUnreachableTrigger,
              needs + ", but " + one_line(metric.name(), 64) + " is never below " +
                  short_number(*least) + ": it can never ask for a scale-up",
              quoted("scaleUpThreshold", nice_strictly_above(*least * (1 + score))));
    return;
  }
  const auto most = metric.most();
  if (most && (up >= *most || fires * (1 - kRounding) > *most)) {
    out.error(field, reasons::kUnreachableTrigger,
              needs + ", but " + limit_text(metric, *most) + ": it can never ask for a scale-up",
              up_fix(rule, *most, score));
    return;
  }
  const bool percent = metric.known != nullptr && metric.known->unit.starts_with('%');
  if (percent && up <= 100 && fires > 100 * (1 + kRounding)) {
    out.warning(
        field, reasons::kAboveHundredPercent,
        needs + ": it scales up only where " + one_line(metric.name(), 64) + " can go beyond 100 %",
        up_fix(rule, 100, score));
  }
}

void check_down(const MetricSubject& metric, Report& out) {
  const api::ThresholdMetric& rule = *metric.threshold;
  if (!rule.scale_down || outside(metric, "scaleDownThreshold", rule.scale_down->value, out)) {
    return;
  }
  const double down = rule.scale_down->value;
  const bool higher = rule.worse == api::Worse::Higher;
  const auto limit = higher ? metric.least() : metric.most();
  if (!limit || (higher ? down > *limit : down < *limit)) return;
  out.error(metric.field + ".scaleDownThreshold", reasons::kUnreachableTrigger,
            std::string("low means ") + (higher ? "below " : "above ") + short_number(down) +
                ", but " + one_line(metric.name(), 64) + " is never " +
                (higher ? "below " : "above ") + short_number(*limit) + metric.unit() +
                ": it always votes against a scale-down",
            quoted("scaleDownThreshold",
                   higher ? nice_strictly_above(*limit) : nice_strictly_below(*limit)));
}

void check_target(const MetricSubject& metric, double tolerance, Report& out) {
  if (metric.demand.wants_total) return;  // ranges and bounds are of one replica's share
  const double target = metric.tracked->target.value.value;
  if (outside(metric, "target.value", target, out)) return;
  const auto most = metric.most();
  if (!most || target * (1 + tolerance) * (1 + kRounding) < *most) return;
  out.error(metric.field + ".target.value", reasons::kUnreachableTrigger,
            "a scale-up needs more than " + short_number(target * (1 + tolerance)) + metric.unit() +
                " (target " + short_number(target) + ", tolerance " + short_number(tolerance) +
                "), but " + limit_text(metric, *most),
            "target: {" + quoted("value", nice_strictly_below(*most / (1 + tolerance))) + "}");
}

}  // namespace

void check_triggers(const TierSubject& tier, Report& out) {
  for (const MetricSubject& metric : tier.metrics) {
    if (metric.threshold != nullptr) {
      check_up(metric, tier.tier->threshold->scale_up.trigger_score.value, out);
      check_down(metric, out);
    }
    if (metric.tracked != nullptr) {
      check_target(metric, scaling::tolerance_of(*tier.tier).up, out);
    }
  }
}

}  // namespace evalscaler::checks
