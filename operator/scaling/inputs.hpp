// SPDX-License-Identifier: Apache-2.0
// Inputs of one decision: everything it may depend on, and nothing else. Pure data.
#pragma once

#include <optional>
#include <vector>

#include "api/evaluation_service.hpp"
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

struct TierInputs {
  const api::Tier* tier = nullptr;  // never null; outlives the decision
  api::Mode mode = api::Mode::Auto;
  api::TargetObservation target;
  // One per metric of the tier's policy, in its order.
  std::vector<Reading> readings;
  std::vector<bool> proportional;
  History history;
  int fresh_streak = kFreshStreakForDown;  // including this evaluation
  bool cold_start = false;                 // the first evaluation only observes
  WallTime now;
};

}  // namespace evalscaler::scaling
