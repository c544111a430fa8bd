// SPDX-License-Identifier: Apache-2.0
#include "redis/replica_placement.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "fakes/redis_cluster_model.hpp"

namespace evalscaler::redis {
namespace {

using fakes::RedisClusterModel;

// Of the node and of the master it is to follow; none: (-1, -1).
std::pair<int, int> pods_of(const std::optional<ReplicaChange>& change) {
  if (!change) return {-1, -1};
  return {change->node->pod.ordinal, change->master->pod.ordinal};
}

TEST(NextReplica, ADrainedMasterAndItsReplicaServeThoseThatStay) {
  RedisClusterModel model(4);  // masters 0..3, replicas 4..7
  Journal journal = model.journal(Direction::Down, {0, 1, 2}, 6);
  journal.replicas_per_shard = 1;
  EXPECT_FALSE(next_replica(journal, model.view())) << "pod 3 still has slots";
  EXPECT_EQ(missing_replica(journal, model.view())->node, "#2");
  model.at(0).slots |= model.at(3).slots;
  model.at(3).slots.reset();
  model.at(3).keys = 0;
  const ClusterView view = model.view();
  const auto change = next_replica(journal, view);
  EXPECT_EQ(pods_of(change), (std::pair{3, 2}));
}

// Pods 6 and 7 are new and free; master 1 and master 2 lack a replica.
TEST(NextReplica, GoesToAMachineThatTheShardIsNotOnWhereThereIsOne) {
  RedisClusterModel model(3);
  model.add_pod();
  model.add_pod();
  model.join(6);
  model.join(7);
  for (const int taken : {4, 5}) model.at(taken).master_id = model.at(0).id;
  model.at(3).host = model.at(0).host = "a";
  model.at(1).host = model.at(6).host = "b";
  model.at(2).host = model.at(7).host = "c";
  Journal journal = model.journal(Direction::Up, {0, 1, 2}, 8);
  journal.replicas_per_shard = 3;  // none is taken from master 0
  const ClusterView view = model.view();
  const auto first = next_replica(journal, view);
  EXPECT_EQ(pods_of(first), (std::pair{7, 1})) << "pod 6 is on master 1's own machine";
  model.at(7).master_id = model.at(1).id;
  const ClusterView later = model.view();
  const auto second = next_replica(journal, later);
  EXPECT_EQ(pods_of(second), (std::pair{6, 2}));
}

TEST(NextReplica, OneMachineForAllIsBetterThanNoReplica) {
  RedisClusterModel model(3);
  for (auto& node : model.nodes) node.host = "a";
  model.at(4).master_id = model.at(0).id;  // pod 1 has none, pod 0 has two
  const Journal journal = model.journal(Direction::Up, {0, 1, 2}, 6);
  const ClusterView view = model.view();
  const auto change = next_replica(journal, view);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->master->pod.ordinal, 1);
}

TEST(NextReplica, NobodyIsTakenFromAMasterThatHasNoneToSpare) {
  RedisClusterModel model(3);
  Journal journal = model.journal(Direction::Up, {0, 1, 2}, 6);
  EXPECT_FALSE(next_replica(journal, model.view()));
  EXPECT_FALSE(missing_replica(journal, model.view()));
  model.at(4).master_id = model.at(0).id;  // pod 1 has none, pod 0 has two
  const ClusterView view = model.view();
  const auto change = next_replica(journal, view);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->master->pod.ordinal, 1);
}

}  // namespace
}  // namespace evalscaler::redis
