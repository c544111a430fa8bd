// SPDX-License-Identifier: Apache-2.0
// EvaluationMemory: what the evaluations of one tier leave for the next ones. Pure: the time is
// that of the inputs.
//
// What must survive a restart (recommendations, scale events, the begin of a veto) is put into a
// fresh memory from the status; the rest begins anew, which only ever holds longer.
#pragma once

#include <optional>
#include <vector>

#include "scaling/decision.hpp"
#include "scaling/inputs.hpp"

namespace evalscaler::scaling {

struct EvaluationMemory {
  bool evaluated = false;  // by this process, of the present spec
  int fresh_streak = 0;
  std::vector<api::Recommendation> recommendations;
  std::vector<api::ScaleEvent> scale_events;
  std::optional<WallTime> vetoed_since;  // a scale-down, by a reading that is not fresh
  std::optional<WallTime> unavailable_since;
  api::Rollout rollout = api::Rollout::Settled;
  std::optional<WallTime> rollout_since;
  std::optional<Replicas> ready;  // at the last evaluation
  std::optional<PopulationDrop> drop;
};

// Before deciding: counts this evaluation and fills in what the inputs take from memory. After a
// gap the current replicas stand in for the proposals that nobody made.
void recall(EvaluationMemory& memory, TierInputs& inputs);
// After deciding.
void note(EvaluationMemory& memory, const TierInputs& inputs, const Outcome& outcome);
void note(EvaluationMemory& memory, const TierInputs& inputs, const Decision& decision);
// The target was changed.
void note_applied(EvaluationMemory& memory, const api::Tier& tier, api::ScaleEvent event);

}  // namespace evalscaler::scaling
