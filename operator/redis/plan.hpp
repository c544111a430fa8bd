// SPDX-License-Identifier: Apache-2.0
// The pure decisions of a plan: which masters stay, who replicates whom, which slots go where.
//
// Deterministic: the same view gives the same answer, so that two executors and a restart agree.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "redis/cluster_view.hpp"
#include "redis/journal.hpp"

namespace evalscaler::redis {

// Bytes (or anything proportional to them) per slot; empty = every slot counts the same.
using SlotWeights = std::vector<std::uint64_t>;

// Facts of the StatefulSet, from the same pass as the view.
struct StatefulSetFacts {
  std::string uid;
  int replicas = 0;                        // asked for
  bool updating = false;                   // a rolling update is under way
  std::optional<int> disruptions_allowed;  // by its PodDisruptionBudget; none = no budget
  std::string owner;  // kind and name of a controller that owns it; empty = none
};

// Masters that stay when only pods below `pods` do, by node_ref; fewer than `masters` if there
// are not enough. Masters on staying pods first, then replicas there of masters that go.
std::vector<std::string> choose_kept(const ClusterView& view, int pods, std::size_t masters);

// Up: masters that own slots, those with the most keys if there are too many, and then masters
// that own none yet.
std::vector<std::string> choose_masters(const Journal& journal, const ClusterView& view);
// A master that was to stay and is gone for good (its pod came back empty, as another node): who
// took over its slots stays in its place, and is not drained as one that goes.
void replace_lost(Journal& journal, const ClusterView& view);

// The next slots to move, at most 1024 in at most 32 ranges. Down: off every master that does
// not stay, to those with the least. Up: from those above their share to those below. Empty
// when nothing (more) is to be moved.
std::vector<Assignment> plan_batch(const Journal& journal, const ClusterView& view,
                                   const SlotWeights& weights);
// All that is to be moved from here on, however much it is.
std::vector<Assignment> plan_all(const Journal& journal, const ClusterView& view,
                                 const SlotWeights& weights);
std::int64_t slots_in(const std::vector<Assignment>& batch);

// How many slots the whole plan moves from here on; for progress.
std::int64_t slots_to_move(const Journal& journal, const ClusterView& view,
                           const SlotWeights& weights);

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

// Pods below this ordinal are the cluster once the plan is done.
int staying_pods(const Journal& journal);

}  // namespace evalscaler::redis
