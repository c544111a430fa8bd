// SPDX-License-Identifier: Apache-2.0
// How long a tier takes from end to end, with every reading at its worst or at rest.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "checks/checks.hpp"
#include "core/time_text.hpp"
#include "scaling/behavior.hpp"
#include "scaling/cooldown.hpp"
#include "scaling/situation.hpp"

namespace evalscaler::checks {
namespace {

using scaling::Direction;
using std::chrono::seconds;

constexpr int kEvaluations = 3000;  // half a day at 15 s

struct Journey {
  std::int64_t steps = 0;
  std::optional<seconds> length;  // empty: not within kEvaluations
};

Replicas step_of(const api::ThresholdPolicy& policy, Direction direction) {
  return direction == Direction::Up ? policy.scale_up.step : policy.scale_down.step;
}

// Every step waits for its cooldown, the first one for that of what was before it.
Journey by_steps(const TierSubject& tier, Direction direction) {
  const api::ThresholdPolicy& policy = *tier.tier->threshold;
  const std::int64_t range = std::int64_t{tier.tier->max_replicas} - tier.tier->min_replicas;
  const std::int64_t step = step_of(policy, direction);
  const seconds cooldown =
      direction == Direction::Up ? policy.scale_up.cooldown : policy.scale_down.cooldown;
  Journey journey{(range + step - 1) / step, {}};
  journey.length = journey.steps * std::max(cooldown, tier.spec->interval);
  return journey;
}

// What the policy alone would have next.
Replicas wanted(const api::Tier& tier, Replicas current, Direction direction) {
  const bool up = direction == Direction::Up;
  if (!tier.threshold) return up ? tier.max_replicas : tier.min_replicas;
  const std::int64_t step = step_of(*tier.threshold, direction);
  const std::int64_t next = up ? current + step : current - step;
  return static_cast<Replicas>(
      std::clamp<std::int64_t>(next, tier.min_replicas, tier.max_replicas));
}

seconds window_of(const api::Tier& tier, Direction direction) {
  const scaling::BehaviorRules rules = scaling::behavior_rules(tier);
  const bool up = direction == Direction::Up;
  if (up && scaling::behavior_kind(tier) != scaling::BehaviorKind::Stated) return seconds(0);
  return (up ? rules.up : rules.down).window;
}

// The rules of `behavior` need the past: one evaluation after the other, in time of its own.
Journey by_rules(const TierSubject& tier, Direction direction) {
  const bool up = direction == Direction::Up;
  const Replicas end = up ? tier.tier->max_replicas : tier.tier->min_replicas;
  scaling::TierInputs inputs;
  inputs.tier = tier.tier;
  inputs.target.spec_replicas = up ? tier.tier->min_replicas : tier.tier->max_replicas;
  const seconds begin = window_of(*tier.tier, direction);
  Journey journey;
  for (int i = 0; i <= kEvaluations; ++i) {
    const seconds now = begin + i * tier.spec->interval;
    const Replicas current = inputs.target.spec_replicas;
    if (current == end) return {journey.steps, now};
    inputs.now = WallTime(now);
    if (scaling::cooldown_of(inputs, direction).blocks(inputs.now)) continue;
    const Replicas limit = scaling::rate_limit(inputs, direction);
    const Replicas next = wanted(*tier.tier, current, direction);
    const Replicas reached = up ? std::min(next, limit) : std::max(next, limit);
    if (reached == current) continue;
    ++journey.steps;
    inputs.target.spec_replicas = reached;
    (up ? inputs.history.last_scale_up : inputs.history.last_scale_down) = inputs.now;
    scaling::remember(inputs.scale_events, {inputs.now, reached - current}, *tier.tier);
  }
  return journey;
}

Journey travel(const TierSubject& tier, Direction direction) {
  const bool stated = scaling::behavior_kind(*tier.tier) != scaling::BehaviorKind::None;
  return stated ? by_rules(tier, direction) : by_steps(tier, direction);
}

bool is_disabled(const api::Tier& tier, Direction direction) {
  if (!tier.behavior) return false;
  const auto& rules =
      direction == Direction::Up ? tier.behavior->scale_up : tier.behavior->scale_down;
  return rules.select_policy == api::SelectPolicy::Disabled;
}

void tell(const TierSubject& tier, Direction direction, Report& out) {
  const api::Tier& spec = *tier.tier;
  if (spec.min_replicas == spec.max_replicas || is_disabled(spec, direction)) return;
  const bool up = direction == Direction::Up;
  const Journey journey = travel(tier, direction);
  std::string text = spec.name + " from " +
                     std::to_string(up ? spec.min_replicas : spec.max_replicas) + " to " +
                     std::to_string(up ? spec.max_replicas : spec.min_replicas) +
                     (up ? " at full load: " : " without load: ");
  Fact fact{tier.field, up ? "TimeToMax" : "TimeToMin", "", {}};
  if (!journey.length) {
    text += "more than " + duration_text(kEvaluations * tier.spec->interval);
  } else {
    text += std::to_string(journey.steps) + (journey.steps == 1 ? " step, " : " steps, ") +
            "at most " + duration_text(*journey.length);
    fact.seconds = journey.length->count();
  }
  const bool sooner = up && spec.threshold && spec.threshold->scale_up.proportional_step;
  fact.message = text + (sooner ? ", sooner with proportionalStep" : "");
  out.facts.push_back(std::move(fact));
}

void tell_votes(const TierSubject& tier, Report& out) {
  if (!tier.tier->threshold) return;
  const auto voters = static_cast<int>(std::count_if(
      tier.metrics.begin(), tier.metrics.end(),
      [](const MetricSubject& metric) { return metric.threshold->scale_down.has_value(); }));
  if (voters < 2) return;
  const int needed = scaling::votes_needed(tier.tier->threshold->scale_down.quorum.value, voters);
  out.facts.push_back({tier.policy_field() + ".scaleDown.quorum",
                       "ScaleDownVotes",
                       tier.tier->name + " goes down when " + std::to_string(needed) + " of " +
                           std::to_string(voters) + " metrics are low",
                       {}});
}

}  // namespace

void tell_travel_times(const TierSubject& tier, Report& out) {
  tell(tier, Direction::Up, out);
  tell(tier, Direction::Down, out);
  tell_votes(tier, out);
}

}  // namespace evalscaler::checks
