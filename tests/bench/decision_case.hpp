// SPDX-License-Identifier: Apache-2.0
// DecisionCase: one tier that is evaluated again and again, with everything an evaluation reuses.
//
// What the benchmark times, callgrind counts and the allocation test watches is the same
// evaluate(). Readings move a little each time, as they do; the target follows no decision, so
// that every evaluation of a kind is alike.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "scaling/evaluation_memory.hpp"
#include "scaling/situation.hpp"

namespace evalscaler::bench {

enum class Load { Quiet, Busy, Low, Blind };  // Blind: the last reading never comes

class DecisionCase {
 public:
  static DecisionCase threshold(std::size_t metrics, Load load) {
    DecisionCase out(metrics, load);
    api::ThresholdPolicy policy;
    for (std::size_t i = 0; i < metrics; ++i) {
      api::ThresholdMetric metric;
      metric.name = "metric_" + std::to_string(i);
      metric.scale_up = Quantity{70};
      metric.scale_down = Quantity{20};
      policy.metrics.push_back(metric);
    }
    out.tier_.threshold = policy;
    return out;
  }

  // With `behavior`: two policies each way and windows of both directions.
  static DecisionCase tracking(std::size_t metrics, Load load) {
    DecisionCase out(metrics, load);
    api::TargetTracking policy;
    for (std::size_t i = 0; i < metrics; ++i) {
      api::TrackedMetric metric;
      metric.name = "metric_" + std::to_string(i);
      metric.target = {api::MetricTargetType::Value, Quantity{45}};
      policy.metrics.push_back(metric);
    }
    policy.tolerance = Quantity{0.2};
    out.tier_.target_tracking = policy;
    const api::ScalingPolicy pods{api::ScalingPolicyType::Pods, 4, std::chrono::seconds(60)};
    const api::ScalingPolicy percent{api::ScalingPolicyType::Percent, 50, std::chrono::seconds(60)};
    api::Behavior behavior;
    behavior.scale_up.policies = behavior.scale_down.policies = {pods, percent};
    behavior.scale_up.stabilization_window = std::chrono::seconds(60);
    out.tier_.behavior = behavior;
    return out;
  }

  scaling::Outcome evaluate() {
    using scaling::assess;
    inputs_.tier = &tier_;
    inputs_.now += std::chrono::seconds(15);
    ++round_;
    for (std::size_t i = 0; i < inputs_.readings.size(); ++i) {
      inputs_.readings[i].value = around_ + static_cast<double>((round_ + i) % 5);
    }
    scaling::recall(memory_, inputs_);
    assess(inputs_, situation_);
    const scaling::Outcome outcome = scaling::decide(situation_);
    scaling::note(memory_, inputs_, outcome);
    return outcome;
  }

  scaling::Decision last_in_words(const scaling::Outcome& outcome) const {
    return scaling::in_words(situation_, outcome);
  }

 private:
  DecisionCase(std::size_t metrics, Load load)
      : around_(load == Load::Busy  ? 90
                : load == Load::Low ? 5
                                    : 43) {
    tier_.name = "app";
    tier_.min_replicas = 2;
    tier_.max_replicas = 100;
    inputs_.target.spec_replicas = inputs_.target.ready_replicas = 10;
    inputs_.now = WallTime{std::chrono::hours(24 * 365 * 56)};
    inputs_.readings.assign(metrics, Reading::fresh_value(around_));
    if (load == Load::Blind) {
      inputs_.readings.back() = Reading::missing("no series matches the query of this metric");
    }
  }

  double around_;
  std::size_t round_ = 0;
  api::Tier tier_;
  scaling::TierInputs inputs_;
  scaling::EvaluationMemory memory_;
  scaling::Situation situation_;
};

}  // namespace evalscaler::bench
