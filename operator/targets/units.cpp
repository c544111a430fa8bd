// SPDX-License-Identifier: Apache-2.0
#include "targets/units.hpp"

#include <algorithm>
#include <string>

namespace evalscaler::targets {

api::Replicas pods_per_unit(const api::Tier& tier) {
  return tier.redis_cluster ? std::max(1, tier.redis_cluster->pods_per_shard()) : 1;
}

Result<api::TargetObservation> in_units(const api::Tier& tier, const api::PlanStatus* plan,
                                        api::TargetObservation pods) {
  const api::Replicas unit = pods_per_unit(tier);
  const bool planned = plan != nullptr && !plan->journal.empty();
  if (!planned && pods.spec_replicas % unit != 0) {
    return fail(ErrorKind::Invalid,
                "spec.replicas: " + std::to_string(pods.spec_replicas) + " pods are no whole " +
                    "number of shards of " + std::to_string(unit) +
                    "; set replicasPerShard to what the cluster has, or replicas to a multiple");
  }
  pods.spec_replicas = planned ? plan->to : pods.spec_replicas / unit;
  pods.ready_replicas /= unit;
  pods.updated_replicas /= unit;
  return pods;
}

}  // namespace evalscaler::targets
