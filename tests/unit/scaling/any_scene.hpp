// SPDX-License-Identifier: Apache-2.0
// AnyScene: rapidcheck's Scenes of every kind: both policies, behavior, guards, remembered
// proposals and changes, readings in all states.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "scene.hpp"

namespace evalscaler::scaling {

inline bool one_in(int many) {
  return *rc::gen::inRange(0, many) == 0;
}

inline std::chrono::seconds any_seconds(int most) {
  return std::chrono::seconds(*rc::gen::inRange(0, most + 1));
}

inline double any_value() {
  return static_cast<double>(*rc::gen::inRange(-10, 2000)) / 10;
}

inline Reading any_reading() {
  switch (*rc::gen::inRange(0, 10)) {
    case 0:
      return Reading::missing("m");
    case 1:
      return one_in(2) ? Reading::invalid("i") : Reading::immature("y");
    case 2: {
      Reading reading = Reading::fresh_value(any_value());
      reading.partial = true;
      return reading;
    }
    default:
      return Reading::fresh_value(any_value());
  }
}

inline api::OnUnavailable any_on_unavailable() {
  return one_in(4) ? api::OnUnavailable::Ignore : api::OnUnavailable::HoldDown;
}

inline api::ThresholdMetric any_threshold_metric(int index) {
  const double down = static_cast<double>(*rc::gen::inRange(0, 100));
  const double up = down + static_cast<double>(*rc::gen::inRange(1, 100));
  api::ThresholdMetric metric = Scene::higher("m" + std::to_string(index), up, down);
  if (one_in(4)) {
    metric.worse = api::Worse::Lower;
    std::swap(metric.scale_up, metric.scale_down);
  }
  if (one_in(5)) metric.scale_up.reset();
  if (one_in(5) && metric.scale_up) metric.scale_down.reset();
  metric.proportional = *rc::gen::arbitrary<bool>();
  metric.on_unavailable = any_on_unavailable();
  return metric;
}

inline api::ThresholdPolicy any_threshold_policy(int metrics) {
  api::ThresholdPolicy policy;
  for (int i = 0; i < metrics; ++i) policy.metrics.push_back(any_threshold_metric(i));
  policy.scale_up.step = *rc::gen::inRange<Replicas>(1, 12);
  policy.scale_up.cooldown = any_seconds(400);
  policy.scale_up.proportional_step = *rc::gen::arbitrary<bool>();
  if (policy.scale_up.proportional_step && one_in(2)) {
    policy.scale_up.max_step = policy.scale_up.step + *rc::gen::inRange<Replicas>(0, 20);
  }
  policy.scale_up.trigger_score = {*rc::gen::inRange(0, 11) / 10.0};
  policy.scale_up.ready = any_seconds(240);
  policy.scale_down.step = *rc::gen::inRange<Replicas>(1, 12);
  policy.scale_down.cooldown = any_seconds(400);
  policy.scale_down.quorum = {*rc::gen::inRange(1, 11) / 10.0};
  policy.scale_down.allow_while_high = *rc::gen::arbitrary<bool>();
  if (one_in(2)) policy.cooldown = api::CooldownKind::Shared;
  return policy;
}

inline api::TargetTracking any_target_tracking(int metrics) {
  constexpr std::array kTypes{api::MetricTargetType::Value, api::MetricTargetType::AverageValue,
                              api::MetricTargetType::Utilization};
  api::TargetTracking policy;
  for (int i = 0; i < metrics; ++i) {
    api::TrackedMetric metric;
    metric.name = "m" + std::to_string(i);
    metric.target.type = kTypes.at(*rc::gen::inRange<std::size_t>(0, kTypes.size()));
    metric.target.value = {static_cast<double>(*rc::gen::inRange(1, 150))};
    metric.on_unavailable = any_on_unavailable();
    policy.metrics.push_back(metric);
  }
  policy.tolerance = {*rc::gen::inRange(0, 40) / 100.0};
  return policy;
}

inline api::ScalingRules any_rules() {
  constexpr std::array kSelections{api::SelectPolicy::Max, api::SelectPolicy::Max,
                                   api::SelectPolicy::Min, api::SelectPolicy::Disabled};
  api::ScalingRules rules;
  if (!one_in(3)) rules.stabilization_window = any_seconds(400);
  rules.select_policy = kSelections.at(*rc::gen::inRange<std::size_t>(0, kSelections.size()));
  const int count = *rc::gen::inRange(0, 3);
  for (int i = 0; i < count; ++i) {
    rules.policies.push_back(
        {one_in(2) ? api::ScalingPolicyType::Pods : api::ScalingPolicyType::Percent,
         *rc::gen::inRange<Replicas>(1, 120), std::chrono::seconds(1) + any_seconds(300)});
  }
  if (one_in(3)) rules.tolerance = Quantity{*rc::gen::inRange(0, 40) / 100.0};
  return rules;
}

inline api::Tier any_tier() {
  api::Tier tier;
  tier.name = "app";
  tier.min_replicas = *rc::gen::inRange<Replicas>(0, 20);
  tier.max_replicas = std::max(tier.min_replicas, 1) + *rc::gen::inRange<Replicas>(0, 60);
  const int metrics = *rc::gen::inRange(1, 6);
  if (one_in(2)) {
    tier.threshold = any_threshold_policy(metrics);
  } else {
    tier.target_tracking = any_target_tracking(metrics);
  }
  if (one_in(2)) tier.behavior = api::Behavior{any_rules(), any_rules()};
  if (one_in(4)) {
    tier.fallback = api::Fallback{*rc::gen::inRange(1, tier.max_replicas + 1), any_seconds(300)};
  }
  return tier;
}

// What one meets once in a while.
inline void add_guards(TierInputs& inputs) {
  constexpr std::array kRollouts{api::Rollout::Running, api::Rollout::Paused, api::Rollout::Stuck};
  const auto ago = [&](int most) { return inputs.now - any_seconds(most); };
  Guards& guards = inputs.guards;
  if (one_in(10)) inputs.mode = one_in(2) ? api::Mode::Paused : api::Mode::DryRun;
  if (one_in(12)) guards.pause = {Pause::Which::Everything, "p"};
  if (one_in(10)) guards.pause = {one_in(2) ? Pause::Which::Up : Pause::Which::Down, "p"};
  if (one_in(20)) guards.other_autoscaler = "HorizontalPodAutoscaler app";
  if (one_in(20)) inputs.target.controller_owner = "Rollout/app";
  if (one_in(10)) guards.contest = api::Contest{"kubectl", {ago(600)}, std::nullopt};
  if (guards.contest && one_in(2)) guards.contest->since = ago(3600);
  if (one_in(5)) {
    inputs.target.rollout = kRollouts.at(*rc::gen::inRange<std::size_t>(0, kRollouts.size()));
    guards.rollout_since = ago(900);
  }
  if (one_in(10)) guards.population_drop = PopulationDrop{30, ago(900)};
  if (one_in(4)) guards.unavailable_since = ago(600);
  inputs.cold_start = one_in(20);
}

inline Scene any_scene() {
  Scene scene;
  scene.tier = any_tier();
  TierInputs& inputs = scene.inputs;
  const std::size_t metrics = api::metric_count(scene.tier);
  for (std::size_t i = 0; i < metrics; ++i) inputs.readings.push_back(any_reading());
  scene.replicas(*rc::gen::inRange<Replicas>(0, 100));
  if (one_in(3)) scene.ready(*rc::gen::inRange<Replicas>(0, 100));
  if (one_in(2)) scene.scaled_up(any_seconds(600));
  if (one_in(2)) scene.scaled_down(any_seconds(600));
  const auto count = *rc::gen::inRange(0, 6);
  for (int i = count; i > 0; --i) {
    const WallTime when = inputs.now - i * std::chrono::seconds(60) - any_seconds(59);
    inputs.recommendations.push_back({when, *rc::gen::inRange<Replicas>(0, 100)});
    inputs.scale_events.push_back({when, *rc::gen::inRange<Replicas>(-20, 21)});
  }
  inputs.fresh_streak = *rc::gen::inRange(0, 8);
  add_guards(inputs);
  return scene;
}

// Nothing may be done at all, not even for the bounds.
inline bool hands_off(const Scene& scene) {
  const TierInputs& inputs = scene.inputs;
  const bool switched_off = inputs.target.spec_replicas == 0 && scene.tier.min_replicas > 0;
  return switched_off || inputs.mode == api::Mode::Paused || inputs.cold_start ||
         inputs.guards.pause.which == Pause::Which::Everything || inputs.target.controller_owner ||
         !inputs.guards.other_autoscaler.empty() ||
         (inputs.guards.contest && inputs.guards.contest->since);
}

}  // namespace evalscaler::scaling
