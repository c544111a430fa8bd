// SPDX-License-Identifier: Apache-2.0
#include "cli/tier_report.hpp"

#include <algorithm>

#include "cli/metric_facts.hpp"
#include "scaling/cooldown.hpp"
#include "scaling/explain.hpp"

namespace evalscaler::cli {
namespace {

Reading reading_of(const api::TierStatus& status, const std::string& name) {
  for (const api::MetricStatus& metric : status.metrics) {
    if (metric.name != name) continue;
    if (metric.state == ReadingState::Fresh && !metric.value) break;
    return {metric.state, metric.value.value_or(0), metric.sample_time, metric.why, false};
  }
  return Reading::missing("not in the status yet");
}

std::chrono::seconds age(WallTime time, WallTime now) {
  return std::max(std::chrono::floor<std::chrono::seconds>(now - time), std::chrono::seconds{0});
}

void add_limits(const api::Tier& tier, std::size_t index, MetricReport& report) {
  if (tier.threshold) {
    const api::ThresholdMetric& metric = tier.threshold->metrics[index];
    if (metric.scale_up) report.up = metric.scale_up->value;
    if (metric.scale_down) report.down = metric.scale_down->value;
    report.worse = metric.worse;
  } else if (tier.target_tracking) {
    report.target = tier.target_tracking->metrics[index].target;
  }
}

std::vector<MetricReport> reports_of(const api::Tier& tier, const api::TierStatus& status,
                                     WallTime now) {
  std::vector<MetricReport> reports;
  const std::vector<MetricFacts> facts = metrics_of(tier);
  for (std::size_t i = 0; i < facts.size(); ++i) {
    MetricReport report;
    report.name = facts[i].name;
    report.unit = facts[i].unit;
    report.reading = reading_of(status, report.name);
    add_limits(tier, i, report);
    if (report.reading.sample_time) report.age = age(*report.reading.sample_time, now);
    reports.push_back(std::move(report));
  }
  return reports;
}

scaling::TierInputs inputs_of(const ServiceView& view, const TierReport& report, WallTime now) {
  scaling::TierInputs inputs;
  inputs.tier = report.tier;
  inputs.mode = view.spec.mode;
  inputs.now = now;
  for (const MetricReport& metric : report.metrics) inputs.readings.push_back(metric.reading);
  for (const MetricFacts& facts : metrics_of(*report.tier)) {
    inputs.proportional.push_back(facts.proportional);
  }
  if (!report.status) return inputs;
  inputs.target.spec_replicas = report.status->current;
  inputs.target.ready_replicas = report.status->ready;
  inputs.history = {report.status->last_scale_up, report.status->last_scale_down};
  inputs.scale_events = report.status->scale_events;
  inputs.recommendations = report.status->recommendations;
  return inputs;
}

}  // namespace

TierReport make_tier_report(const ServiceView& view, const api::Tier& tier, WallTime now) {
  TierReport report;
  report.tier = &tier;
  for (const api::TierStatus& status : view.status.tiers) {
    if (status.name == tier.name) report.status = status;
  }
  report.metrics = reports_of(tier, report.status.value_or(api::TierStatus{}), now);
  if (!report.status) return report;
  const scaling::TierInputs inputs = inputs_of(view, report, now);
  const scaling::Situation situation = scaling::assess(inputs);
  report.way_up = scaling::way_up(situation);
  report.way_down = scaling::way_down(situation);
  report.cooldown = scaling::cooldown_text(inputs);
  report.up_waits = scaling::cooldown_of(inputs, scaling::Direction::Up).left(now);
  report.down_waits = scaling::cooldown_of(inputs, scaling::Direction::Down).left(now);
  if (report.status->last_decision) report.decided = age(report.status->last_decision->time, now);
  return report;
}

}  // namespace evalscaler::cli
