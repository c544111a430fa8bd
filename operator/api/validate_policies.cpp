// SPDX-License-Identifier: Apache-2.0
// What validate() finds in the policies of a tier.
#include <cmath>

#include "api/problems.hpp"
#include "core/quantity.hpp"

namespace evalscaler::api {
namespace {

constexpr std::size_t kMaxPolicies = 8;

void check_sides(const ThresholdMetric& metric, const std::string& field, Problems& out) {
  if (!metric.scale_up && !metric.scale_down) {
    out.add(field + ".scaleUpThreshold",
            "set scaleUpThreshold, scaleDownThreshold or both: a metric with neither decides "
            "nothing");
  }
  if (!metric.scale_up || !metric.scale_down) return;
  const std::string numbers = " (" + short_number(metric.scale_down->value) + " and " +
                              short_number(metric.scale_up->value) + ")";
  const bool higher = metric.worse == Worse::Higher;
  if (higher && !(metric.scale_down->value < metric.scale_up->value)) {
    out.add(field + ".scaleDownThreshold",
            "scaleDownThreshold must be below scaleUpThreshold" + numbers +
                "; if lower values of this metric are the bad ones, say worse: Lower");
  }
  if (!higher && !(metric.scale_down->value > metric.scale_up->value)) {
    out.add(field + ".scaleDownThreshold",
            "scaleDownThreshold must be above scaleUpThreshold when worse is Lower" + numbers);
  }
}

void check_up(const ScaleUpRule& rule, const std::string& field, Problems& out) {
  out.whole(field + ".step", rule.step, 1, kMaxReplicas);
  out.whole(field + ".cooldownSeconds", rule.cooldown.count(), 0, kMaxCooldown);
  out.whole(field + ".readySeconds", rule.ready.count(), 0, kMaxCooldown);
  const double score = rule.trigger_score.value;
  if (!(score >= 0 && score <= 1)) {
    out.add(field + ".triggerScore", "triggerScore must be between 0 and 1, no score is higher",
            "triggerScore: \"0\"");
  }
  if (!rule.max_step) return;
  out.whole(field + ".maxStep", *rule.max_step, 1, kMaxReplicas);
  if (!rule.proportional_step) {
    out.add(field + ".maxStep",
            "maxStep needs proportionalStep, set it to true or leave maxStep out",
            "proportionalStep: true");
  }
  if (*rule.max_step < rule.step) {
    out.add(field + ".maxStep", "maxStep must not be smaller than step",
            "maxStep: " + std::to_string(rule.step));
  }
}

void check_down(const ScaleDownRule& rule, const std::string& field, Problems& out) {
  out.whole(field + ".step", rule.step, 1, kMaxReplicas);
  out.whole(field + ".cooldownSeconds", rule.cooldown.count(), 0, kMaxCooldown);
  const double quorum = rule.quorum.value;
  if (!(quorum > 0 && quorum <= 1)) {
    out.add(field + ".quorum", "quorum must be above 0 and at most 1, it is a share of the metrics",
            "quorum: \"0.7\"");
  }
}

void check_rules(const ScalingRules& rules, const std::string& field, Problems& out) {
  if (rules.stabilization_window) {
    out.whole(field + ".stabilizationWindowSeconds", rules.stabilization_window->count(), 0, 3600);
  }
  out.not_negative(field + ".tolerance", rules.tolerance);
  if (rules.policies.empty()) return;
  out.count(field + ".policies", rules.policies.size(), kMaxPolicies);
  for (std::size_t i = 0; i < rules.policies.size(); ++i) {
    const std::string policy = at(field + ".policies", i);
    out.whole(policy + ".value", rules.policies[i].value, 1, kMaxReplicas);
    out.whole(policy + ".periodSeconds", rules.policies[i].period.count(), 1, 1800);
  }
}

}  // namespace

void check_threshold(const ThresholdPolicy& policy, const std::string& field, Problems& out) {
  const std::string list = field + ".metrics";
  out.metrics(list, metric_demands(policy));
  for (std::size_t i = 0; i < policy.metrics.size(); ++i) {
    const ThresholdMetric& metric = policy.metrics[i];
    out.not_negative(at(list, i) + ".scaleUpThreshold", metric.scale_up);
    out.not_negative(at(list, i) + ".scaleDownThreshold", metric.scale_down);
    check_sides(metric, at(list, i), out);
  }
  check_up(policy.scale_up, field + ".scaleUp", out);
  check_down(policy.scale_down, field + ".scaleDown", out);
}

void check_tracking(const TargetTracking& policy, const std::string& field, Problems& out) {
  const std::string list = field + ".metrics";
  out.metrics(list, metric_demands(policy));
  for (std::size_t i = 0; i < policy.metrics.size(); ++i) {
    const double target = policy.metrics[i].target.value.value;
    if (std::isfinite(target) && target > 0) continue;
    out.add(at(list, i) + ".target.value",
            "must be above 0: it is the value that the metric is to be kept at");
  }
  out.not_negative(field + ".tolerance", policy.tolerance);
}

void check_behavior(const Behavior& behavior, const std::string& field, Problems& out) {
  check_rules(behavior.scale_up, field + ".scaleUp", out);
  check_rules(behavior.scale_down, field + ".scaleDown", out);
}

}  // namespace evalscaler::api
