// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "checks/checks.hpp"
#include "checks/flap_proof.hpp"
#include "checks/nice_number.hpp"
#include "checks/reasons.hpp"
#include "core/quantity.hpp"
#include "core/text.hpp"

namespace evalscaler::checks {
namespace {

Band band_of(const api::Tier& tier, const api::ThresholdMetric& metric) {
  Band band;
  band.up = metric.scale_up.value_or(Quantity{}).value;
  band.down = metric.scale_down.value_or(Quantity{}).value;
  band.min = tier.min_replicas;
  band.max = tier.max_replicas;
  if (!tier.threshold) return band;
  band.up_step = tier.threshold->scale_up.step;
  band.down_step = tier.threshold->scale_down.step;
  if (tier.threshold->scale_down.allow_while_high) band.guard = FlapGuard::Off;
  return band;
}

struct Mend {
  double share = 0;  // how much of the value is changed
  std::string text;
};

// The smallest change first; a change of a step only where it mends this direction.
std::string fix_of(const Band& band, bool downwards) {
  const FlapMends mends = mends_of(band);
  std::vector<Mend> all;
  if (mends.down) {
    all.push_back({1 - *mends.down / band.down, quoted("scaleDownThreshold", *mends.down)});
  }
  if (mends.up) all.push_back({*mends.up / band.up - 1, quoted("scaleUpThreshold", *mends.up)});
  const auto step = [&](const char* name, Replicas now, const std::optional<Replicas>& then) {
    if (!then) return;
    all.push_back({1 - static_cast<double>(*then) / now,
                   std::string(name) + ": {step: " + std::to_string(*then) + "}"});
  };
  if (downwards) step("scaleDown", band.down_step, mends.down_step);
  if (!downwards) step("scaleUp", band.up_step, mends.up_step);
  std::stable_sort(all.begin(), all.end(),
                   [](const Mend& a, const Mend& b) { return a.share < b.share; });
  std::vector<std::string> texts;
  texts.reserve(all.size());
  for (Mend& mend : all) texts.push_back(std::move(mend.text));
  if (!texts.empty()) return join(texts, ", or ");
  // Where even the last replica may go, no threshold is low enough.
  Band kept = band;
  kept.min = 1;
  const bool sound = !first_down_break(kept) && !first_up_break(kept);
  return sound ? "minReplicas: 1" : "minReplicas: 1 and " + fix_of(kept, downwards);
}

std::string replicas(Replicas count) {
  return std::to_string(count) + (count == 1 ? " replica" : " replicas");
}

void report_down(const MetricSubject& metric, const Band& band, const FlapBreak& found,
                 Report& out) {
  const std::string outcome =
      band.guard == FlapGuard::On
          ? "the step down would be refused (WouldFlap)"
          : "the step down would be reversed (allowWhileHigh takes no notice)";
  const std::string after =
      found.to == 0 ? "is more than none can carry"
                    : "is " + short_number(found.after) + " with " + std::to_string(found.to);
  out.error(metric.field + ".scaleDownThreshold", reasons::kWouldFlap,
            one_line(metric.name(), 64) + ": " + short_number(band.down) + " with " +
                replicas(found.from) + " " + after + ", above scaleUpThreshold " +
                short_number(band.up) + ": " + outcome,
            fix_of(band, true));
}

void report_up(const MetricSubject& metric, const Band& band, const FlapBreak& found, Report& out) {
  out.error(metric.field + ".scaleUpThreshold", reasons::kWouldFlap,
            one_line(metric.name(), 64) + ": " + short_number(band.up) + " with " +
                replicas(found.from) + " is " + short_number(found.after) + " with " +
                std::to_string(found.to) + ", below scaleDownThreshold " + short_number(band.down) +
                ": the step up would ask for the way back",
            fix_of(band, false));
}

}  // namespace

void check_flapping(const TierSubject& tier, Report& out) {
  for (const MetricSubject& metric : tier.metrics) {
    if (metric.threshold == nullptr || !metric.proportional) continue;
    if (metric.threshold->worse == api::Worse::Lower) continue;  // flap_proof.hpp
    if (!metric.threshold->scale_up || !metric.threshold->scale_down) continue;
    const Band band = band_of(*tier.tier, *metric.threshold);
    if (const auto found = first_down_break(band)) report_down(metric, band, *found, out);
    if (const auto found = first_up_break(band)) report_up(metric, band, *found, out);
  }
}

}  // namespace evalscaler::checks
