// SPDX-License-Identifier: Apache-2.0
// Preflight: may a plan be begun on this cluster, and the journal it begins with.
//
// Every unsafe state is refused under its own name; all refusals are told, not only the first.
// What is unknown is unsafe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "redis/cluster_view.hpp"
#include "redis/journal.hpp"
#include "redis/stateful_set_facts.hpp"

namespace evalscaler::redis {

struct PlanRequest {
  std::string plan_id;
  std::int64_t epoch = 0;
  int replicas_per_shard = 1;
  int to_shards = 0;
  // evicted_keys by node id in an earlier reading: a node that evicts has no room to give.
  std::map<std::string, std::int64_t> evicted_before;
};

// Of pods without a view of the cluster: what the StatefulSet alone forbids.
std::vector<Refusal> refused_by(const StatefulSetFacts& facts);

// One shard at a time: from the StatefulSet's size towards `to_shards`, one step.
std::variant<Journal, std::vector<Refusal>> begin_plan(const ClusterView& view,
                                                       const StatefulSetFacts& facts,
                                                       const PlanRequest& request);

}  // namespace evalscaler::redis
