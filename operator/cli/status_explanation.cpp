// SPDX-License-Identifier: Apache-2.0
#include "cli/status_explanation.hpp"

#include <algorithm>

#include "cli/metric_facts.hpp"
#include "scaling/outlook.hpp"
#include "scaling/pause.hpp"

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

void add_limits(const api::Tier& tier, std::size_t index, api::MetricExplanation& out) {
  if (tier.threshold) {
    const api::ThresholdMetric& metric = tier.threshold->metrics[index];
    if (metric.scale_up) out.up = metric.scale_up->value;
    if (metric.scale_down) out.down = metric.scale_down->value;
    out.worse = metric.worse;
  } else if (tier.target_tracking) {
    out.target = tier.target_tracking->metrics[index].target;
  }
}

std::vector<api::MetricExplanation> metrics_in(const api::Tier& tier, const api::TierStatus& status,
                                               WallTime now) {
  std::vector<api::MetricExplanation> out;
  const std::vector<MetricFacts> facts = metrics_of(tier);
  for (std::size_t i = 0; i < facts.size(); ++i) {
    api::MetricExplanation& metric = out.emplace_back();
    metric.name = facts[i].name;
    metric.unit = facts[i].unit;
    metric.reading = reading_of(status, metric.name);
    add_limits(tier, i, metric);
    if (!metric.reading.sample_time) continue;
    const auto age = std::chrono::floor<std::chrono::seconds>(now - *metric.reading.sample_time);
    metric.age = std::max<std::int64_t>(age.count(), 0);
  }
  return out;
}

scaling::TierInputs inputs_of(const ServiceView& view, const api::Tier& tier,
                              const api::TierStatus& status, WallTime now) {
  scaling::TierInputs inputs;
  inputs.tier = &tier;
  inputs.mode = view.spec.mode;
  inputs.now = now;
  for (const MetricFacts& facts : metrics_of(tier)) {
    inputs.readings.push_back(reading_of(status, facts.name));
    inputs.proportional.push_back(facts.proportional);
  }
  inputs.target.spec_replicas = status.current;
  inputs.target.ready_replicas = status.ready;
  inputs.history = {status.last_scale_up, status.last_scale_down};
  inputs.scale_events = status.scale_events;
  inputs.recommendations = status.recommendations;
  inputs.guards.pause = scaling::pause_of(view.paused);
  inputs.guards.contest = status.contest;
  return inputs;
}

api::TierExplanation explain_tier(const ServiceView& view, const api::Tier& tier, WallTime now) {
  api::TierExplanation out;
  out.name = tier.name;
  out.target = tier.target.kind + " " + tier.target.name;
  out.min_replicas = tier.min_replicas;
  out.max_replicas = tier.max_replicas;
  const auto known = std::find_if(view.status.tiers.begin(), view.status.tiers.end(),
                                  [&](const auto& each) { return each.name == tier.name; });
  out.metrics =
      metrics_in(tier, known == view.status.tiers.end() ? api::TierStatus{} : *known, now);
  if (known == view.status.tiers.end()) {
    out.problem = "the operator has not reported on this tier yet";
    return out;
  }
  out.current = known->current;
  out.ready = known->ready;
  out.plan = known->plan;
  out.desired = known->desired;
  out.last_decision = known->last_decision;
  scaling::look_ahead(inputs_of(view, tier, *known, now), out);
  return out;
}

}  // namespace

api::ServiceExplanation explain_status(const ServiceView& view, WallTime now) {
  api::ServiceExplanation out;
  out.key = view.key;
  out.generation = view.status.observed_generation;
  out.as_of = now;
  for (const api::Tier& tier : view.spec.tiers) out.tiers.push_back(explain_tier(view, tier, now));
  return out;
}

std::optional<WallTime> decided_at(const api::ServiceStatus& status) {
  std::optional<WallTime> newest;
  for (const api::TierStatus& tier : status.tiers) {
    if (tier.last_decision) newest = std::max(newest, std::optional(tier.last_decision->time));
  }
  return newest;
}

}  // namespace evalscaler::cli
