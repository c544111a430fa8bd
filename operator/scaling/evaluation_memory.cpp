// SPDX-License-Identifier: Apache-2.0
#include "scaling/evaluation_memory.hpp"

#include <algorithm>

#include "scaling/behavior.hpp"
#include "scaling/reasons.hpp"
#include "scaling/situation.hpp"

namespace evalscaler::scaling {
namespace {

void since_when(bool holds, std::optional<WallTime>& since, WallTime now) {
  if (!holds) {
    since.reset();
  } else if (!since) {
    since = now;
  }
}

void look_at_rollout(EvaluationMemory& memory, const TierInputs& inputs) {
  const api::Rollout rollout = inputs.target.rollout;
  if (memory.rollout != rollout) memory.rollout_since.reset();
  memory.rollout = rollout;
  since_when(rollout != api::Rollout::Settled, memory.rollout_since, inputs.now);
}

// Pods that go because fewer are wanted are no loss: only what is missing below that counts.
void look_at_population(EvaluationMemory& memory, const TierInputs& inputs) {
  const Replicas ready = inputs.target.ready_replicas;
  const Replicas wanted = inputs.target.spec_replicas;
  if (memory.drop && ready >= std::min(memory.drop->before, wanted)) memory.drop.reset();
  const Replicas before = std::min(memory.ready.value_or(0), wanted);
  if (!memory.drop && ready < before - ready) memory.drop = PopulationDrop{before, inputs.now};
  memory.ready = ready;
}

// `steps` of whatever kind say their reason.
template <typename Steps>
void note(EvaluationMemory& memory, const TierInputs& inputs, const Steps& steps, Replicas from,
          Replicas proposal) {
  memory.evaluated = true;
  const bool veto = std::any_of(steps.begin(), steps.end(), [](const auto& step) {
    return step.reason == reasons::kScaleDownVetoed || step.reason == reasons::kMetricsUnavailable;
  });
  since_when(veto, memory.vetoed_since, inputs.now);
  // A proposal from readings that may not be acted on is none: what there is stays proposed.
  remember(memory.recommendations, {inputs.now, veto ? from : proposal}, *inputs.tier);
}

}  // namespace

void recall(EvaluationMemory& memory, TierInputs& inputs) {
  const bool fresh = keeps_fresh_streak(*inputs.tier, inputs.readings);
  memory.fresh_streak = fresh ? memory.fresh_streak + 1 : 0;
  const bool blind = std::none_of(inputs.readings.begin(), inputs.readings.end(),
                                  [](const Reading& reading) { return reading.fresh(); });
  since_when(blind, memory.unavailable_since, inputs.now);
  look_at_rollout(memory, inputs);
  look_at_population(memory, inputs);
  if (!memory.evaluated) {
    remember(memory.recommendations, {inputs.now, inputs.target.spec_replicas}, *inputs.tier);
  }
  inputs.cold_start = !memory.evaluated;
  inputs.fresh_streak = memory.fresh_streak;
  inputs.recommendations = memory.recommendations;
  inputs.scale_events = memory.scale_events;
  inputs.guards.rollout_since = memory.rollout_since;
  inputs.guards.population_drop = memory.drop;
  inputs.guards.unavailable_since = memory.unavailable_since;
}

void note(EvaluationMemory& memory, const TierInputs& inputs, const Outcome& outcome) {
  note(memory, inputs, outcome.rulings, outcome.from, outcome.proposal);
}

void note(EvaluationMemory& memory, const TierInputs& inputs, const Decision& decision) {
  note(memory, inputs, decision.steps, decision.from, decision.proposal);
}

void note_applied(EvaluationMemory& memory, const api::Tier& tier, api::ScaleEvent event) {
  remember(memory.scale_events, event, tier);
}

}  // namespace evalscaler::scaling
