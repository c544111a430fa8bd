// SPDX-License-Identifier: Apache-2.0
// ScaleTarget: one kind of thing that can be scaled. One file and one registry row each.
//
// Thread-safe for different keys; one key is only ever used by one thread at a time.
#pragma once

#include <stop_token>

#include "api/target_observation.hpp"
#include "core/object_key.hpp"
#include "core/result.hpp"

namespace evalscaler::targets {

using api::Replicas;

class PlannedTarget;

class ScaleTarget {
 public:
  virtual ~ScaleTarget() = default;

  // From the watch cache; the network is asked only where the cache cannot be believed: it
  // has not shown our own last write within 10 s, or that write's outcome is unknown.
  // NotFound if there is no such object, Unavailable until the cache is filled or while it
  // has not yet seen our own last write, Invalid if its replicas make no sense.
  virtual Result<api::TargetObservation> observe(const ObjectKey& key,
                                                 const std::stop_token& stop) = 0;

  // Moves one step towards `wanted` if the object is still the one `based_on` describes;
  // returns the replicas now asked for. Conflict: it changed, observe and decide again.
  // Never returns success for a write whose outcome was not confirmed.
  virtual Result<Replicas> step_towards(const ObjectKey& key,
                                        const api::TargetObservation& based_on, Replicas wanted,
                                        const std::stop_token& stop) = 0;

  // Null: step_towards changes it. Otherwise only a plan does.
  virtual PlannedTarget* planned() { return nullptr; }
};

}  // namespace evalscaler::targets
