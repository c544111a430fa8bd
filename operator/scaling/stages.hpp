// SPDX-License-Identifier: Apache-2.0
// Stages: what may have a say in a decision, two pure functions and one file each.
//
// A stage is given the number as it stands (`proposed`) and says nothing, or returns the
// number it should be and why. Judging allocates nothing: most decisions are read by nobody.
// What it says in words is asked for separately, of one of its own rulings and the situation
// that was made in; without the tier's name. Their order is the array in decide.cpp.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scaling/situation.hpp"

namespace evalscaler::scaling {

enum class Then { GoOn, Stop };  // Stop: no later stage is asked

struct Verdict {
  Replicas to = 0;
  std::string_view reason;  // of reasons.hpp
  Then then = Then::GoOn;
};

using Judge = std::optional<Verdict> (*)(const Situation& situation, Replicas proposed);
using Say = std::string (*)(const Situation& situation, const Ruling& ruling);

std::optional<Verdict> switched_off(const Situation& situation, Replicas proposed);
std::optional<Verdict> paused(const Situation& situation, Replicas proposed);
std::optional<Verdict> owned_target(const Situation& situation, Replicas proposed);
std::optional<Verdict> other_autoscaler(const Situation& situation, Replicas proposed);
std::optional<Verdict> contest(const Situation& situation, Replicas proposed);
std::optional<Verdict> threshold_policy(const Situation& situation, Replicas proposed);
std::optional<Verdict> target_tracking(const Situation& situation, Replicas proposed);
std::optional<Verdict> readings_veto(const Situation& situation, Replicas proposed);
std::optional<Verdict> fallback(const Situation& situation, Replicas proposed);
std::optional<Verdict> capacity(const Situation& situation, Replicas proposed);
std::optional<Verdict> rollout(const Situation& situation, Replicas proposed);
std::optional<Verdict> population(const Situation& situation, Replicas proposed);
std::optional<Verdict> cooldown(const Situation& situation, Replicas proposed);
std::optional<Verdict> stabilization(const Situation& situation, Replicas proposed);
std::optional<Verdict> rate_limits(const Situation& situation, Replicas proposed);
std::optional<Verdict> bounds(const Situation& situation, Replicas proposed);
std::optional<Verdict> paused_direction(const Situation& situation, Replicas proposed);
std::optional<Verdict> cold_start(const Situation& situation, Replicas proposed);

std::string say_switched_off(const Situation& situation, const Ruling& ruling);
std::string say_paused(const Situation& situation, const Ruling& ruling);
std::string say_owned_target(const Situation& situation, const Ruling& ruling);
std::string say_other_autoscaler(const Situation& situation, const Ruling& ruling);
std::string say_contest(const Situation& situation, const Ruling& ruling);
std::string say_threshold_policy(const Situation& situation, const Ruling& ruling);
std::string say_target_tracking(const Situation& situation, const Ruling& ruling);
std::string say_readings_veto(const Situation& situation, const Ruling& ruling);
std::string say_fallback(const Situation& situation, const Ruling& ruling);
std::string say_capacity(const Situation& situation, const Ruling& ruling);
std::string say_rollout(const Situation& situation, const Ruling& ruling);
std::string say_population(const Situation& situation, const Ruling& ruling);
std::string say_cooldown(const Situation& situation, const Ruling& ruling);
std::string say_stabilization(const Situation& situation, const Ruling& ruling);
std::string say_rate_limits(const Situation& situation, const Ruling& ruling);
std::string say_bounds(const Situation& situation, const Ruling& ruling);
std::string say_paused_direction(const Situation& situation, const Ruling& ruling);
std::string say_cold_start(const Situation& situation, const Ruling& ruling);

// How long a rollout that nobody drives, or pods that do not come back, hold a scale-down up.
inline constexpr std::chrono::minutes kPatience{10};
// How long a tier stands back from whoever undoes its changes.
inline constexpr std::chrono::hours kStandBack{1};

// The limiting stages that would now stop the tier from going one replica further, each asked by
// itself.
std::vector<api::Step> in_the_way(const TierInputs& inputs, Direction direction);

// In the order they are asked.
std::vector<std::string_view> stage_names();

}  // namespace evalscaler::scaling
