// SPDX-License-Identifier: Apache-2.0
// VisitMemory: what one visit to a service remembers for the next one, in this process only.
//
// Nothing here has to survive a restart: what must, is in status. A ServiceMemory is used by the
// one worker that visits its key (R21), for the whole visit, or by somebody who looks: they take
// turns. The map has a lock.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/service_status.hpp"
#include "core/clock.hpp"
#include "core/guarded.hpp"
#include "core/object_key.hpp"
#include "reconcile/plan_memory.hpp"
#include "reconcile/service_visit.hpp"
#include "reconcile/shown_replicas.hpp"
#include "reconcile/turn.hpp"
#include "scaling/evaluation_memory.hpp"
#include "scaling/inputs.hpp"

namespace evalscaler::reconcile {

struct TierMemory {
  std::optional<api::Replicas> last_seen;  // of its target: what this process saw or set last
  std::optional<api::Replicas> ready_seen;
  std::string target_uid;                         // whose replicas those were
  std::uint64_t first_round = 0;                  // 0: not evaluated yet; that one only observes
  std::uint64_t counted_round = 0;                // the round that fresh_streak includes
  std::uint64_t settled_round = 0;                // evaluated, and acted upon as far as possible
  scaling::EvaluationMemory engine;               // what evaluations leave for the next ones
  scaling::EvaluationMemory engine_before_round;  // of counted_round, for another try
  std::optional<api::Contest> contest;
  bool knows_status = false;             // engine and contest have what status remembers
  scaling::TierInputs inputs;            // of the last evaluation; its tier is not set
  std::optional<Evaluation> evaluation;  // the last one, of the present spec
  std::optional<Evaluation> before;      // the one before it
  scaling::History own;                  // applied (DryRun: virtual) by this process
  PlanMemory plan;
};

struct ServiceMemory {
  Turn turn;  // of everything below; uid does not change
  std::string uid;
  std::int64_t generation = -1;             // of the spec whose demands were made
  std::map<std::string, TierMemory> tiers;  // by name

  // A revision that is known to exist: nothing is decided from an older one.
  std::string must_show;
  bool confirmed = false;  // the cache was held against the API server once

  ShownReplicas shown;  // in the exported metrics

  // Decisions that no written status holds yet.
  std::vector<api::DecisionRecord> unwritten;
  // Our last status write and its revision, until the cache shows it.
  std::optional<api::ServiceStatus> written;
  std::string written_revision;
  std::optional<SteadyTime> written_at;
  std::optional<SteadyTime> next_visit;  // though nothing happens; empty after a failed one

  std::optional<SteadyTime> deleted_since;  // first seen so
};

class VisitMemory {
 public:
  // Made when missing, made anew when the object was re-created under the same name.
  std::shared_ptr<ServiceMemory> recall(const ObjectKey& key, const std::string& uid) {
    return services_.with([&](auto& services) {
      std::shared_ptr<ServiceMemory>& memory = services[key];
      if (memory == nullptr || memory->uid != uid) {
        memory = std::make_shared<ServiceMemory>();
        memory->uid = uid;
      }
      return memory;
    });
  }
  // Null if it was never recalled.
  std::shared_ptr<ServiceMemory> find(const ObjectKey& key) const {
    return services_.with([&](const auto& services) {
      const auto known = services.find(key);
      return known == services.end() ? nullptr : known->second;
    });
  }
  void forget(const ObjectKey& key) {
    services_.with([&](auto& services) { services.erase(key); });
  }

 private:
  Guarded<std::unordered_map<ObjectKey, std::shared_ptr<ServiceMemory>>> services_;
};

}  // namespace evalscaler::reconcile
