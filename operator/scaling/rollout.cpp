// SPDX-License-Identifier: Apache-2.0
#include "core/time_text.hpp"
#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {
namespace {

bool waits_for_somebody(api::Rollout rollout) {
  return rollout == api::Rollout::Paused || rollout == api::Rollout::Stuck;
}

std::string_view rollout_text(api::Rollout rollout) {
  switch (rollout) {
    case api::Rollout::Running:
      return "is under way";
    case api::Rollout::Paused:
      return "is paused";
    case api::Rollout::Stuck:
      return "has exceeded its progress deadline";
    case api::Rollout::Settled:
      break;
  }
  return "is over";
}

}  // namespace

// Metrics summed over old and new pods mean little, and a rollout needs its spare pods.
std::optional<Verdict> rollout(const Situation& situation, Replicas proposed) {
  const api::Rollout state = situation.inputs->target.rollout;
  if (state == api::Rollout::Settled || proposed >= situation.current()) return std::nullopt;
  const auto& since = situation.inputs->guards.rollout_since;
  if (waits_for_somebody(state) && since && situation.inputs->now - *since >= kPatience) {
    return std::nullopt;
  }
  return Verdict{situation.current(), reasons::kRolloutInProgress};
}

std::string say_rollout(const Situation& situation, const Ruling& /*ruling*/) {
  const api::Rollout state = situation.inputs->target.rollout;
  std::string text = "no scale-down while the target's rollout " + std::string(rollout_text(state));
  if (waits_for_somebody(state)) text += " (for " + duration_text(kPatience) + " at most)";
  return text;
}

// Half of the pods gone at once is an outage, not an idle night.
std::optional<Verdict> population(const Situation& situation, Replicas proposed) {
  const auto& drop = situation.inputs->guards.population_drop;
  if (!drop || proposed >= situation.current()) return std::nullopt;
  if (situation.inputs->now - drop->since >= kPatience) return std::nullopt;
  return Verdict{situation.current(), reasons::kPopulationDropped};
}

std::string say_population(const Situation& situation, const Ruling& /*ruling*/) {
  const auto drop = situation.inputs->guards.population_drop.value_or(PopulationDrop{});
  return "no scale-down: of " + std::to_string(drop.before) + " ready replicas only " +
         std::to_string(situation.inputs->target.ready_replicas) +
         " are left, and nobody scaled (until they are back, or for " + duration_text(kPatience) +
         ")";
}

}  // namespace evalscaler::scaling
