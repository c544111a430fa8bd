// SPDX-License-Identifier: Apache-2.0
// Which node becomes a replica of which master that stays.
//
// Deterministic: the same view gives the same answer, so that two executors and a restart agree.
// Pure: thread-safe.
#pragma once

#include <optional>

#include "redis/cluster_view.hpp"
#include "redis/journal.hpp"
#include "redis/reason.hpp"

namespace evalscaler::redis {

struct ReplicaChange {
  const Member* node = nullptr;
  const Member* master = nullptr;
};
// The next node to be made a replica of another master; none if every kept master has as many
// replicas on staying pods as it should, or no node is free for it. On a machine that the shard
// is not on yet, where there is a choice.
std::optional<ReplicaChange> next_replica(const Journal& journal, const ClusterView& view);
// How many nodes could be made replicas of other masters.
int free_replicas(const Journal& journal, const ClusterView& view);
// The first kept master that lacks replicas on staying pods.
std::optional<Refusal> missing_replica(const Journal& journal, const ClusterView& view);

}  // namespace evalscaler::redis
