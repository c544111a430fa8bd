// SPDX-License-Identifier: Apache-2.0
// Tiers that can only grow, or only shrink.
#include <algorithm>
#include <string>

#include "checks/checks.hpp"
#include "checks/reasons.hpp"

namespace evalscaler::checks {
namespace {

bool can_be_low(const MetricSubject& metric) {
  const api::ThresholdMetric& rule = *metric.threshold;
  if (!rule.scale_down) return false;
  const bool higher = rule.worse == api::Worse::Higher;
  const auto limit = higher ? metric.least() : metric.most();
  if (!limit) return true;
  return higher ? rule.scale_down->value > *limit : rule.scale_down->value < *limit;
}

void check_ups(const TierSubject& tier, Report& out) {
  const bool any = std::any_of(
      tier.metrics.begin(), tier.metrics.end(),
      [](const MetricSubject& metric) { return metric.threshold->scale_up.has_value(); });
  if (any) return;
  out.warning(tier.policy_field() + ".metrics", reasons::kNeverUp,
              "no metric has a scaleUpThreshold: the tier only ever shrinks",
              "scaleUpThreshold for at least one metric");
}

void check_downs(const TierSubject& tier, Report& out) {
  const auto voters = std::count_if(
      tier.metrics.begin(), tier.metrics.end(),
      [](const MetricSubject& metric) { return metric.threshold->scale_down.has_value(); });
  if (voters == 0) {
    out.warning(tier.policy_field() + ".metrics", reasons::kNeverDown,
                "no metric has a scaleDownThreshold: what one peak added stays for ever",
                "scaleDownThreshold for the metrics that tell when it is too large");
    return;
  }
  const auto able = std::count_if(tier.metrics.begin(), tier.metrics.end(), can_be_low);
  const double quorum = tier.tier->threshold->scale_down.quorum.value;
  constexpr double kRounding = 1e-12;
  if (static_cast<double>(able) / static_cast<double>(voters) + kRounding >= quorum && able > 0) {
    return;
  }
  out.warning(tier.policy_field() + ".scaleDown.quorum", reasons::kNeverDown,
              "only " + std::to_string(able) + " of " + std::to_string(voters) +
                  " metrics can ever be low: the quorum is out of reach, the tier never shrinks",
              "a scaleDownThreshold that can be passed");
}

bool is_disabled(const api::ScalingRules& rules) {
  return rules.select_policy == api::SelectPolicy::Disabled;
}

}  // namespace

void check_directions(const TierSubject& tier, Report& out) {
  if (tier.tier->threshold) {
    check_ups(tier, out);
    check_downs(tier, out);
  }
  if (!tier.tier->behavior) return;
  const std::string field = tier.field + ".behavior";
  if (is_disabled(tier.tier->behavior->scale_up)) {
    out.warning(field + ".scaleUp.selectPolicy", reasons::kNeverUp,
                "Disabled: the tier never grows, whatever its metrics say", "selectPolicy: Max");
  }
  if (is_disabled(tier.tier->behavior->scale_down)) {
    out.warning(field + ".scaleDown.selectPolicy", reasons::kNeverDown,
                "Disabled: what one peak added stays for ever", "selectPolicy: Max");
  }
}

}  // namespace evalscaler::checks
