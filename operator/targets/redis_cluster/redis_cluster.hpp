// SPDX-License-Identifier: Apache-2.0
// RedisClusterTarget: a StatefulSet whose pods are one Redis Cluster, changed one shard at a time.
//
// Brings together what Kubernetes says (surroundings), what all nodes say (redis/observe), what
// is to be done next (redis/step) and who does it (redis/carry_out, or one patch of the scale).
// Everything is read anew for every turn. The StatefulSet shrinks only with a ShrinkProof of the
// same reading, by one patch that tests uid, revision and replicas of that reading, never sent
// again.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "core/clock.hpp"
#include "kube/kube_api.hpp"
#include "kube/object_cache.hpp"
#include "redis/action.hpp"
#include "redis/journal.hpp"
#include "targets/planned_target.hpp"
#include "targets/redis_cluster/node_links.hpp"
#include "targets/redis_cluster/plan_pace.hpp"
#include "targets/redis_cluster/surroundings.hpp"
#include "targets/workload.hpp"
#include "wire/redis_connection.hpp"

namespace evalscaler::targets {

class RedisClusterTarget final : public PlannedTarget {
 public:
  // All must outlive the target. `may_write` is asked before each command to a node; null =
  // nobody is asked.
  RedisClusterTarget(kube::KubeApi& api, const kube::ObjectCache<WorkloadObject>& stateful_sets,
                     Clock& clock, MakeRedisConnector connect = wire::make_redis_connector,
                     std::function<bool()> may_write = {});
  ~RedisClusterTarget() override;
  RedisClusterTarget(const RedisClusterTarget&) = delete;
  RedisClusterTarget& operator=(const RedisClusterTarget&) = delete;

  // In pods; see targets/units.hpp.
  Result<api::TargetObservation> observe(const ObjectKey& key,
                                         const std::stop_token& stop) override {
    return pods_.observe(key, stop);
  }
  // Invalid: a Redis Cluster is changed by plans only.
  Result<Replicas> step_towards(const ObjectKey& key, const api::TargetObservation& based_on,
                                Replicas wanted, const std::stop_token& stop) override;

  Result<PlanTurn> begin(const PlanRequest& request, Replicas wanted, std::string plan_id,
                         const std::stop_token& stop) override;
  Result<PlanTurn> take_turn(const PlanRequest& request, const api::PlanStatus& written,
                             PlanIntent intent, const std::stop_token& stop) override;
  Result<api::PlanPreview> preview(const PlanRequest& request, Replicas wanted,
                                   const std::stop_token& stop) override;

 private:
  struct Scene;  // one reading of everything
  struct Due {
    const redis::Journal& journal;  // as status has it
    const redis::Action& action;
    PlanIntent intent = PlanIntent::GoOn;
  };

  Result<Scene> look(const PlanRequest& request, const std::stop_token& stop);
  static std::string engine_note_of(Scene& scene, const std::stop_token& stop);
  PlanTurn act(const PlanRequest& request, Scene& scene, const Due& due, api::PlanStatus plan,
               const std::stop_token& stop);
  Result<void> act_on_nodes(const PlanRequest& request, Scene& scene, const Due& due,
                            api::PlanStatus& plan, const std::stop_token& stop);
  Result<void> scale(const ObjectKey& key, const Surroundings& around, int pods,
                     const std::stop_token& stop);

  kube::KubeApi& api_;
  WorkloadTarget pods_;
  Clock& clock_;
  NodeLinks links_;
  PlanPace pace_;
};

}  // namespace evalscaler::targets
