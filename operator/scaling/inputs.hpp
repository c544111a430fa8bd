// SPDX-License-Identifier: Apache-2.0
// Inputs of one decision: everything it may depend on, and nothing else. Pure data.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/evaluation_service.hpp"
#include "api/service_status.hpp"
#include "api/target_observation.hpp"
#include "core/clock.hpp"
#include "core/reading.hpp"

namespace evalscaler::scaling {

using api::Replicas;

// Consecutive evaluations with every reading fresh that a scale-down needs.
inline constexpr int kFreshStreakForDown = 3;

struct History {
  std::optional<WallTime> last_scale_up;  // applied (or virtual, in DryRun)
  std::optional<WallTime> last_scale_down;
};

// Which directions somebody has switched off, and how that is said.
struct Pause {
  enum class Which { Nothing, Everything, Up, Down } which = Which::Nothing;
  std::string why;  // "spec.mode is Paused; set it to Auto or DryRun to go on"
};

// More than half of the ready pods went away without a change of ours.
struct PopulationDrop {
  Replicas before = 0;  // ready then
  WallTime since;
};

// What else is known of the target's surroundings. All of it may be empty.
struct Guards {
  Pause pause;
  std::string other_autoscaler;           // "HorizontalPodAutoscaler web"
  std::optional<api::Contest> contest;    // with `since`: the tier stands back
  std::optional<WallTime> rollout_since;  // since when the rollout is what it is
  std::optional<PopulationDrop> population_drop;
  std::optional<WallTime> unavailable_since;  // no reading has been fresh
};

struct TierInputs {
  const api::Tier* tier = nullptr;  // never null; outlives the decision
  api::Mode mode = api::Mode::Auto;
  api::TargetObservation target;
  // One per metric of the tier's policy, in its order.
  std::vector<Reading> readings;
  std::vector<bool> proportional;
  History history;
  // For `behavior`, oldest first.
  std::vector<api::ScaleEvent> scale_events;
  std::vector<api::Recommendation> recommendations;
  Guards guards;
  int fresh_streak = kFreshStreakForDown;  // including this evaluation
  bool cold_start = false;                 // the first evaluation only observes
  WallTime now;
};

}  // namespace evalscaler::scaling
