// SPDX-License-Identifier: Apache-2.0
// Scene: builds the inputs of one decision in one expression.
//
// Starts as: 5 replicas of 1..50, all ready, no metrics, a complete fresh streak, no history,
// up by 3 and down by 1, cooldown 5 min, at noon.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scaling/decision.hpp"

namespace evalscaler::scaling {

class Scene {
 public:
  Scene() {
    tier.name = "app";
    tier.target.name = "app";
    tier.min_replicas = 1;
    tier.max_replicas = 50;
    tier.threshold.emplace();
    policy().scale_up.step = 3;
    inputs.target.spec_replicas = inputs.target.ready_replicas = 5;
    inputs.now = noon();
  }

  static WallTime noon() {
    return WallTime{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}} +
           std::chrono::hours(12);
  }

  Scene& replicas(Replicas count) {
    inputs.target.spec_replicas = inputs.target.ready_replicas = count;
    return *this;
  }
  Scene& ready(Replicas count) {
    inputs.target.ready_replicas = count;
    return *this;
  }
  Scene& bounds(Replicas min, Replicas max) {
    tier.min_replicas = min;
    tier.max_replicas = max;
    return *this;
  }
  Scene& metric(api::ThresholdMetric metric, Reading reading) {
    policy().metrics.push_back(std::move(metric));
    inputs.readings.push_back(std::move(reading));
    return *this;
  }
  // Higher is worse, not proportional unless said.
  Scene& metric(const std::string& name, double up, double down, Reading reading) {
    return metric(higher(name, up, down), std::move(reading));
  }
  Scene& metric(const std::string& name, double up, double down, double value) {
    return metric(name, up, down, Reading::fresh_value(value));
  }
  Scene& lower_metric(const std::string& name, double up, double down, double value) {
    api::ThresholdMetric metric_spec = higher(name, up, down);
    metric_spec.worse = api::Worse::Lower;
    return metric(std::move(metric_spec), Reading::fresh_value(value));
  }
  Scene& ignoring_last() {
    policy().metrics.back().on_unavailable = api::OnUnavailable::Ignore;
    return *this;
  }
  Scene& proportional_last() {
    policy().metrics.back().proportional = true;
    return *this;
  }
  Scene& scaled_up(std::chrono::microseconds ago) {
    inputs.history.last_scale_up = inputs.now - ago;
    return *this;
  }
  Scene& scaled_down(std::chrono::microseconds ago) {
    inputs.history.last_scale_down = inputs.now - ago;
    return *this;
  }
  Scene& reference_setting() {
    policy().scale_up.trigger_score = {0.7};
    policy().scale_down.quorum = {0.7};
    policy().scale_down.allow_while_high = true;
    policy().cooldown = api::CooldownKind::Shared;
    return *this;
  }

  api::ThresholdPolicy& policy() { return *tier.threshold; }
  const TierInputs& built() {
    inputs.tier = &tier;
    return inputs;
  }
  Decision decide() { return scaling::decide(built()); }

  static api::ThresholdMetric higher(const std::string& name, double up, double down) {
    api::ThresholdMetric metric;
    metric.name = name;
    metric.scale_up = Quantity{up};
    metric.scale_down = Quantity{down};
    metric.proportional = false;
    return metric;
  }

  api::Tier tier;
  TierInputs inputs;
};

}  // namespace evalscaler::scaling
