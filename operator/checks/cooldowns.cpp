// SPDX-License-Identifier: Apache-2.0
// Cooldowns too short to see what the last step did.
#include <algorithm>
#include <chrono>
#include <string>

#include "checks/checks.hpp"
#include "checks/promql_tree.hpp"
#include "checks/reasons.hpp"
#include "core/text.hpp"
#include "core/time_text.hpp"

namespace evalscaler::checks {
namespace {

using std::chrono::seconds;

struct Least {
  seconds length{0};
  std::string why;
};

// A step shows in the readings after some evaluations, and wholly once the windows of the
// queries hold nothing from before it.
Least least_cooldown(const TierSubject& tier) {
  constexpr int kEvaluations = 3;
  const seconds interval = tier.spec->interval;
  Least least{kEvaluations * interval, "three evaluations of " + duration_text(interval) + " each"};
  for (const MetricSubject& metric : tier.metrics) {
    const auto tree = parse_promql(metric.query());
    if (!tree) continue;
    const auto window = std::chrono::ceil<seconds>(longest_range(*tree));
    if (window <= least.length) continue;
    least = {window, "the window of " + one_line(metric.name(), 64) + ", " + duration_text(window)};
  }
  return least;
}

std::string cooldown_of(const std::string& direction, seconds length) {
  return direction + ": {cooldownSeconds: " + std::to_string(length.count()) + "}";
}

}  // namespace

void check_cooldowns(const TierSubject& tier, Report& out) {
  if (!tier.tier->threshold) return;
  const api::ThresholdPolicy& policy = *tier.tier->threshold;
  const std::string field = tier.policy_field();
  const Least least = least_cooldown(tier);
  const auto check = [&](const std::string& direction, seconds length) {
    if (length >= least.length) return;
    out.warning(field + "." + direction + ".cooldownSeconds", reasons::kShortCooldown,
                duration_text(length) + " is less than " + least.why +
                    ": the next step would be decided on readings from before the last",
                cooldown_of(direction, least.length));
  };
  check("scaleUp", policy.scale_up.cooldown);
  check("scaleDown", policy.scale_down.cooldown);
  if (policy.scale_down.cooldown >= policy.scale_up.cooldown) return;
  out.warning(field + ".scaleDown.cooldownSeconds", reasons::kDownFasterThanUp,
              "it may shrink every " + duration_text(policy.scale_down.cooldown) +
                  " and grow only every " + duration_text(policy.scale_up.cooldown) +
                  ": what goes in a short lull takes longer to come back",
              cooldown_of("scaleDown", policy.scale_up.cooldown));
}

}  // namespace evalscaler::checks
