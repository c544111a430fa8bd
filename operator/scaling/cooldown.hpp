// SPDX-License-Identifier: Apache-2.0
// Cooldown: how long a direction has to wait after the last applied change. Pure.
//
// PerDirection: up waits for the last up, down for the last change of either direction.
// Shared: both wait for the last change of either direction, each for its own seconds.
#pragma once

#include <chrono>
#include <optional>

#include "scaling/decision.hpp"
#include "scaling/inputs.hpp"

namespace evalscaler::scaling {

struct Cooldown {
  std::chrono::seconds length{0};
  std::optional<WallTime> since;  // empty: nothing was ever applied that it waits for

  // Exactly `length` after `since` it is over.
  bool blocks(WallTime now) const { return since && now - *since < length; }
  std::chrono::seconds left(WallTime now) const;       // rounded up; 0 when over
  std::chrono::seconds since_end(WallTime now) const;  // 0 while it blocks or never began
};

// `direction` is Up or Down. No threshold policy: a cooldown that never blocks.
Cooldown cooldown_of(const TierInputs& inputs, Direction direction);

}  // namespace evalscaler::scaling
