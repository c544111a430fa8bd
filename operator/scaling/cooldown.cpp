// SPDX-License-Identifier: Apache-2.0
#include "scaling/cooldown.hpp"

#include <algorithm>

#include "core/time_text.hpp"
#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {

std::chrono::seconds Cooldown::left(WallTime now) const {
  return blocks(now) ? std::chrono::ceil<std::chrono::seconds>(length - (now - *since))
                     : std::chrono::seconds{0};
}

std::chrono::seconds Cooldown::since_end(WallTime now) const {
  return !since || blocks(now) ? std::chrono::seconds{0}
                               : std::chrono::floor<std::chrono::seconds>(now - *since - length);
}

Cooldown cooldown_of(const TierInputs& inputs, Direction direction) {
  if (!inputs.tier->threshold) return {};
  const api::ThresholdPolicy& policy = *inputs.tier->threshold;
  const bool up = direction == Direction::Up;
  const History& history = inputs.history;
  const bool any_change = !up || policy.cooldown == api::CooldownKind::Shared;
  // An empty optional is less than any time.
  return {up ? policy.scale_up.cooldown : policy.scale_down.cooldown,
          any_change ? std::max(history.last_scale_up, history.last_scale_down)
                     : history.last_scale_up};
}

std::optional<Verdict> cooldown(const Situation& situation, Replicas proposed) {
  if (proposed == situation.current()) return std::nullopt;
  const bool up = proposed > situation.current();
  const Cooldown wait = cooldown_of(*situation.inputs, up ? Direction::Up : Direction::Down);
  if (!wait.blocks(situation.inputs->now)) return std::nullopt;
  return Verdict{situation.current(), up ? reasons::kCooldownUp : reasons::kCooldownDown};
}

std::string say_cooldown(const Situation& situation, const Ruling& ruling) {
  const Cooldown wait =
      cooldown_of(*situation.inputs, ruling.from > ruling.to ? Direction::Up : Direction::Down);
  return "going to " + std::to_string(ruling.from) + " waits " +
         duration_text(wait.left(situation.inputs->now)) + " more (cooldown " +
         duration_text(wait.length) + " after the change at " +
         time_text(wait.since.value_or(WallTime{})) + ")";
}

}  // namespace evalscaler::scaling
