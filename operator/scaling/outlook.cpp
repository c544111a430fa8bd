// SPDX-License-Identifier: Apache-2.0
#include "scaling/outlook.hpp"

#include <algorithm>
#include <string>

#include "core/time_text.hpp"
#include "scaling/behavior.hpp"
#include "scaling/cooldown.hpp"
#include "scaling/explain.hpp"
#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {
namespace {

std::chrono::seconds window_of(const TierInputs& inputs, Direction direction) {
  const BehaviorRules rules = behavior_rules(*inputs.tier);
  const bool up = direction == Direction::Up;
  return (up ? rules.up : rules.down).window;
}

bool counts(const TierInputs& inputs, const api::Recommendation& earlier, Direction direction) {
  const WallTime begin = inputs.now - window_of(inputs, direction);
  // Without `behavior` the window includes its beginning, and there is none upwards.
  if (behavior_kind(*inputs.tier) == BehaviorKind::Default) {
    return direction == Direction::Down && earlier.time >= begin;
  }
  return earlier.time > begin;
}

// When the obstacle goes away with nobody doing anything; empty where somebody has to.
std::optional<WallTime> end_of(const TierInputs& inputs, const api::Step& step) {
  const Guards& guards = inputs.guards;
  const Direction direction = step.from > step.to ? Direction::Up : Direction::Down;
  if (step.reason == reasons::kCooldownUp || step.reason == reasons::kCooldownDown) {
    const Cooldown wait = cooldown_of(inputs, direction);
    return wait.since ? std::optional(*wait.since + wait.length) : std::nullopt;
  }
  if (step.reason == reasons::kCapacityPending && inputs.history.last_scale_up) {
    return *inputs.history.last_scale_up + inputs.tier->threshold->scale_up.ready;
  }
  if (step.reason == reasons::kRolloutInProgress && guards.rollout_since &&
      inputs.target.rollout != api::Rollout::Running) {
    return *guards.rollout_since + kPatience;
  }
  if (step.reason == reasons::kPopulationDropped) return guards.population_drop->since + kPatience;
  if (step.reason == reasons::kContested) return *guards.contest->since + kStandBack;
  if (step.stage == "stabilization") {
    const auto holder = held_by(inputs, direction, step.from);
    if (holder) return holder->time + window_of(inputs, direction);
  }
  if (step.stage == "rateLimit") {
    const auto room = rate_room(inputs, direction);
    if (room) return room->more_at;
  }
  return std::nullopt;
}

std::string seconds_text(WallTime from, WallTime to) {
  return duration_text(std::chrono::ceil<std::chrono::seconds>(to - from));
}

api::Obstacle obstacle_of(const TierInputs& inputs, const api::Step& step) {
  api::Obstacle out{step.stage, step.reason, step.message, end_of(inputs, step)};
  const Direction direction = step.from > step.to ? Direction::Up : Direction::Down;
  if (step.stage == "stabilization") {
    if (const auto holder = held_by(inputs, direction, step.from)) {
      out.message = "held at " + std::to_string(step.to) + " by the proposal of " +
                    std::to_string(holder->replicas) + " made " +
                    seconds_text(holder->time, inputs.now) + " ago";
    }
  }
  // The other messages say themselves how long they hold.
  const bool says_when = step.stage == "cooldown" || step.stage == "capacity";
  if (out.until && !says_when) {
    out.message += "; for " + seconds_text(inputs.now, *out.until) + " more";
  }
  return out;
}

std::vector<api::Obstacle> obstacles(const TierInputs& inputs, Direction direction) {
  std::vector<api::Obstacle> out;
  for (const api::Step& step : in_the_way(inputs, direction)) {
    out.push_back(obstacle_of(inputs, step));
  }
  return out;
}

api::WayOut way_out(const Situation& situation, Direction direction) {
  const TierInputs& inputs = *situation.inputs;
  const bool up = direction == Direction::Up;
  api::WayOut way;
  way.needs = up ? way_up(situation) : way_down(situation);
  if (const auto& policy = situation.tier().threshold) {
    way.score = up ? api::Share{situation.score.up, policy->scale_up.trigger_score.value}
                   : api::Share{situation.score.down, policy->scale_down.quorum.value};
  }
  way.obstacles = obstacles(inputs, direction);
  way.cooldown_left = cooldown_of(inputs, direction).left(inputs.now).count();
  way.room = rate_room(inputs, direction);
  return way;
}

}  // namespace

std::optional<api::Recommendation> held_by(const TierInputs& inputs, Direction direction,
                                           Replicas proposed) {
  if (behavior_kind(*inputs.tier) == BehaviorKind::None) return std::nullopt;
  const bool up = direction == Direction::Up;
  std::optional<api::Recommendation> holder;
  for (const api::Recommendation& earlier : inputs.recommendations) {
    if (!counts(inputs, earlier, direction)) continue;
    const Replicas reached = holder ? holder->replicas : proposed;
    const bool further = up ? earlier.replicas < reached : earlier.replicas > reached;
    if (further || (holder && earlier.replicas == reached)) holder = earlier;
  }
  return holder;
}

std::optional<api::RateRoom> rate_room(const TierInputs& inputs, Direction direction) {
  const BehaviorKind kind = behavior_kind(*inputs.tier);
  const bool up = direction == Direction::Up;
  // Without `behavior` nothing limits the way down.
  if (kind == BehaviorKind::None || (kind == BehaviorKind::Default && !up)) return std::nullopt;
  api::RateRoom room{rate_limit(inputs, direction), std::nullopt};
  if (kind == BehaviorKind::Default) return room;
  const BehaviorRules rules = behavior_rules(*inputs.tier);
  TierInputs later = inputs;
  for (const api::ScalingPolicy& policy : (up ? rules.up : rules.down).policies) {
    for (const api::ScaleEvent& event : inputs.scale_events) {
      later.now = event.time + policy.period;
      if (later.now <= inputs.now || (room.more_at && later.now >= *room.more_at)) continue;
      const Replicas then = rate_limit(later, direction);
      if (up ? then > room.to : then < room.to) room.more_at = later.now;
    }
  }
  return room;
}

void look_ahead(const TierInputs& inputs, api::TierExplanation& out) {
  const Situation situation = assess(inputs);
  out.up = way_out(situation, Direction::Up);
  out.down = way_out(situation, Direction::Down);
  out.cooldown = cooldown_text(inputs);
  out.scale_events = inputs.scale_events;
  out.recommendations = inputs.recommendations;
}

}  // namespace evalscaler::scaling
