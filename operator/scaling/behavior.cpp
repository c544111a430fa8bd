// SPDX-License-Identifier: Apache-2.0
#include "scaling/behavior.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace evalscaler::scaling {
namespace {

using api::ScalingPolicyType;
using api::SelectPolicy;
using std::chrono::seconds;

constexpr seconds kDefaultDownWindow{300};
constexpr Replicas kMost = std::numeric_limits<Replicas>::max();

Replicas clamped(double value) {
  if (!(value > 0)) return 0;
  return value >= static_cast<double>(kMost) ? kMost : static_cast<Replicas>(value);
}

// What there was when the period began: what came in it is taken off, what went is added.
double start_of(const TierInputs& inputs, seconds period) {
  double start = inputs.target.spec_replicas;
  for (const api::ScaleEvent& event : inputs.scale_events) {
    if (event.time > inputs.now - period && event.time <= inputs.now) start -= event.change;
  }
  return start;
}

double allowed_by(const api::ScalingPolicy& policy, double start, Direction direction) {
  const double share = static_cast<double>(policy.value) / 100;
  if (direction == Direction::Up) {
    return policy.type == ScalingPolicyType::Pods ? start + policy.value
                                                  : std::ceil(start * (1 + share));
  }
  return policy.type == ScalingPolicyType::Pods ? start - policy.value
                                                : std::trunc(start * (1 - share));
}

template <typename Choose>
Replicas chosen_in_window(const TierInputs& inputs, seconds window, Replicas proposed,
                          Choose choose) {
  for (const api::Recommendation& earlier : inputs.recommendations) {
    if (earlier.time > inputs.now - window) proposed = choose(proposed, earlier.replicas);
  }
  return proposed;
}

Replicas highest_of_default_window(const TierInputs& inputs, Replicas proposed) {
  for (const api::Recommendation& earlier : inputs.recommendations) {
    if (earlier.time >= inputs.now - kDefaultDownWindow) {
      proposed = std::max(proposed, earlier.replicas);
    }
  }
  return proposed;
}

constexpr std::array kDefaultUp{api::ScalingPolicy{ScalingPolicyType::Pods, 4, seconds(15)},
                                api::ScalingPolicy{ScalingPolicyType::Percent, 100, seconds(15)}};
constexpr std::array kDefaultDown{api::ScalingPolicy{ScalingPolicyType::Percent, 100, seconds(15)}};

SideRules filled_in(const api::ScalingRules* stated, const SideRules& defaults) {
  if (stated == nullptr) return defaults;
  return {stated->stabilization_window.value_or(defaults.window), stated->select_policy,
          stated->policies.empty() ? defaults.policies : std::span(stated->policies)};
}

}  // namespace

BehaviorKind behavior_kind(const api::Tier& tier) {
  if (tier.behavior) return BehaviorKind::Stated;
  return tier.target_tracking ? BehaviorKind::Default : BehaviorKind::None;
}

BehaviorRules behavior_rules(const api::Tier& tier) {
  return {filled_in(tier.behavior ? &tier.behavior->scale_up : nullptr,
                    {seconds(0), SelectPolicy::Max, kDefaultUp}),
          filled_in(tier.behavior ? &tier.behavior->scale_down : nullptr,
                    {kDefaultDownWindow, SelectPolicy::Max, kDefaultDown})};
}

Replicas stabilized(const TierInputs& inputs, Replicas proposed) {
  const Replicas current = inputs.target.spec_replicas;
  switch (behavior_kind(*inputs.tier)) {
    case BehaviorKind::None:
      return proposed;
    case BehaviorKind::Default:
      return highest_of_default_window(inputs, proposed);
    case BehaviorKind::Stated:
      break;
  }
  const BehaviorRules rules = behavior_rules(*inputs.tier);
  const auto lower = [](Replicas a, Replicas b) { return std::min(a, b); };
  const auto higher = [](Replicas a, Replicas b) { return std::max(a, b); };
  const Replicas up = chosen_in_window(inputs, rules.up.window, proposed, lower);
  const Replicas down = chosen_in_window(inputs, rules.down.window, proposed, higher);
  return std::min(std::max(current, up), down);
}

Replicas rate_limit(const TierInputs& inputs, Direction direction) {
  const Replicas current = inputs.target.spec_replicas;
  const bool up = direction == Direction::Up;
  switch (behavior_kind(*inputs.tier)) {
    case BehaviorKind::None:
      return up ? kMost : 0;
    case BehaviorKind::Default:
      return up ? clamped(std::max(2.0 * current, 4.0)) : 0;
    case BehaviorKind::Stated:
      break;
  }
  const BehaviorRules all = behavior_rules(*inputs.tier);
  const SideRules& rules = up ? all.up : all.down;
  if (rules.select == SelectPolicy::Disabled) return current;
  // Max is the larger change, which downwards is the smaller result.
  const bool largest = up == (rules.select == SelectPolicy::Max);
  std::optional<double> limit;
  for (const api::ScalingPolicy& policy : rules.policies) {
    const double allowed = allowed_by(policy, start_of(inputs, policy.period), direction);
    limit = !limit ? allowed : largest ? std::max(*limit, allowed) : std::min(*limit, allowed);
  }
  const Replicas result = clamped(limit.value_or(current));
  return up ? std::max(result, current) : std::min(result, current);
}

seconds longest_period(const api::Tier& tier) {
  if (behavior_kind(tier) != BehaviorKind::Stated) return seconds(0);
  const BehaviorRules rules = behavior_rules(tier);
  seconds longest{0};
  for (const SideRules* side : {&rules.up, &rules.down}) {
    for (const api::ScalingPolicy& policy : side->policies) {
      longest = std::max(longest, policy.period);
    }
  }
  return longest;
}

seconds longest_window(const api::Tier& tier) {
  if (behavior_kind(tier) == BehaviorKind::None) return seconds(0);
  const BehaviorRules rules = behavior_rules(tier);
  return std::max(rules.up.window, rules.down.window);
}

void remember(std::vector<api::ScaleEvent>& list, api::ScaleEvent newest, const api::Tier& tier) {
  std::erase_if(
      list, [&](const auto& event) { return event.time <= newest.time - longest_period(tier); });
  if (longest_period(tier) > seconds(0)) list.push_back(newest);
}

void remember(std::vector<api::Recommendation>& list, api::Recommendation newest,
              const api::Tier& tier) {
  const seconds window = longest_window(tier);
  std::erase_if(list, [&](const auto& earlier) { return earlier.time < newest.time - window; });
  if (window == seconds(0)) return;
  list.push_back(newest);
  // An entry can win only if every later one is lower (for going down), or every later one is
  // higher (for going up).
  Replicas highest = newest.replicas;
  Replicas lowest = newest.replicas;
  auto kept = list.end() - 1;
  for (auto entry = kept; entry != list.begin();) {
    --entry;
    if (entry->replicas <= highest && entry->replicas >= lowest) continue;
    highest = std::max(highest, entry->replicas);
    lowest = std::min(lowest, entry->replicas);
    *--kept = *entry;
  }
  list.erase(list.begin(), kept);
}

std::vector<api::Recommendation> shortened(std::vector<api::Recommendation> list,
                                           std::size_t most) {
  // Whatever is above the newest entry holds down, the older the higher; below it, up.
  while (list.size() > std::max<std::size_t>(most, 3)) {
    const Replicas newest = list.back().replicas;
    const bool above = list.front().replicas > newest;
    const auto next = std::find_if(list.begin() + 1, list.end() - 1, [&](const auto& entry) {
      return (entry.replicas > newest) == above;
    });
    if (next == list.end() - 1) {
      std::rotate(list.begin(), list.begin() + 1, list.end() - 1);  // the only one of its kind
      continue;
    }
    next->replicas = list.front().replicas;
    list.erase(list.begin());
  }
  std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
  return list;
}

std::vector<api::ScaleEvent> shortened(std::vector<api::ScaleEvent> list, std::size_t most) {
  while (list.size() > std::max<std::size_t>(most, 1)) {
    list[1].change += list[0].change;
    list.erase(list.begin());
  }
  return list;
}

}  // namespace evalscaler::scaling
