// SPDX-License-Identifier: Apache-2.0
// OwnWrites: our own writes that the watch cache has not shown yet (R27, KEP-5647).
//
// Between a write and its watch event the cache holds the past, and a decision on it would
// take the same step twice. The event may also arrive before the write's answer. Thread-safe.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <unordered_map>

#include "api/target_observation.hpp"
#include "core/clock.hpp"
#include "core/guarded.hpp"
#include "core/object_key.hpp"

namespace evalscaler::targets {

// How long the cache may take before the API server is asked itself.
inline constexpr std::chrono::seconds kCacheGrace{10};
// How far its own looks at one object are apart, however often the object is visited.
inline constexpr std::chrono::seconds kLiveLookSpacing{1};

struct OwnWrite {
  std::string uid;
  std::optional<std::string> resource_version;  // empty: the outcome is unknown
  api::Replicas replicas = 0;
  WallTime wall;
  SteadyTime steady;
  std::optional<SteadyTime> looked = {};  // at the API server, since the cache does not show it
};

class OwnWrites {
 public:
  enum class Seen {
    Yes,      // nothing is outstanding
    Awaited,  // the cache is allowed some more time, or the API server was asked just now
    Overdue,  // ask the API server
  };

  void record(const ObjectKey& key, OwnWrite write);
  void forget(const ObjectKey& key);
  // Whether the cached object shows what we wrote; forgets a write that it shows.
  Seen check(const ObjectKey& key, const api::TargetObservation& cached, SteadyTime now);
  std::optional<OwnWrite> last(const ObjectKey& key) const;

 private:
  Guarded<std::unordered_map<ObjectKey, OwnWrite>> writes_;
};

}  // namespace evalscaler::targets
