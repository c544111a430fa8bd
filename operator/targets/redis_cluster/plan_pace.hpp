// SPDX-License-Identifier: Apache-2.0
// PlanPace: for how long plans have waited and how fast their slots move; nothing of it has to
// survive. Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "api/plan_status.hpp"
#include "core/clock.hpp"
#include "core/guarded.hpp"
#include "core/object_key.hpp"
#include "redis/cluster_view.hpp"
#include "redis/reason.hpp"

namespace evalscaler::targets {

class PlanPace {
 public:
  // For how long this plan has waited for `why`, from when it was first said of it in a row.
  std::chrono::milliseconds waited(const ObjectKey& key, const api::PlanStatus& plan,
                                   const redis::Refusal& why, SteadyTime now);
  // Something was done: what it waits for next is waited for from then on.
  void acted(const ObjectKey& key);
  // Sets slots per second and the time that is left, once they can be told.
  void measure_rate(const ObjectKey& key, api::PlanStatus& plan, SteadyTime now);
  // Evicted keys by node id, as they were at the last look.
  std::map<std::string, std::int64_t> evictions_before(const ObjectKey& key,
                                                       const redis::ClusterView& view);
  void forget(const ObjectKey& key);

 private:
  struct Pace {
    std::string plan_id;
    std::string waits_for;
    SteadyTime waits_since;
    std::optional<SteadyTime> measured;  // when slots_moved was
    std::int64_t slots_moved = 0;
    std::map<std::string, std::int64_t> evicted;
  };

  Guarded<std::map<ObjectKey, Pace>> paces_;
};

}  // namespace evalscaler::targets
