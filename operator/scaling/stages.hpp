// SPDX-License-Identifier: Apache-2.0
// Stages: what may have a say in a decision, one pure function and one file each.
//
// A stage is given the number as it stands (`proposed`) and says nothing, or returns the
// number it should be and why. Their order is the array in decide.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scaling/situation.hpp"

namespace evalscaler::scaling {

enum class Then { GoOn, Stop };  // Stop: no later stage is asked

struct Verdict {
  Replicas to = 0;
  std::string_view reason;  // of reasons.hpp
  std::string message;      // for people, without the tier's name
  Then then = Then::GoOn;
};

using Judge = std::optional<Verdict> (*)(const Situation& situation, Replicas proposed);

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

}  // namespace evalscaler::scaling
