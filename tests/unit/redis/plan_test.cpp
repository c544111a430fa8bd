// SPDX-License-Identifier: Apache-2.0
#include "redis/plan.hpp"

#include <gtest/gtest.h>

#include <map>

#include "fakes/redis_cluster_model.hpp"

namespace evalscaler::redis {
namespace {

using fakes::RedisClusterModel;

Journal journal_for(RedisClusterModel& model, Direction direction, std::vector<int> keep,
                    int to_pods) {
  Journal journal;
  journal.direction = direction;
  journal.to_pods = to_pods;
  for (const int ordinal : keep) journal.keep.push_back(model.ref(ordinal));
  return journal;
}

// Moves batch after batch in the model; returns how many there were.
int move_all(RedisClusterModel& model, const Journal& journal, const SlotWeights& weights) {
  for (int batches = 0; batches < 100; ++batches) {
    const auto batch = plan_batch(journal, model.view(), weights);
    if (batch.empty()) return batches;
    EXPECT_LE(slots_in(batch), 1024);
    std::size_t ranges = 0;
    for (const Assignment& assignment : batch) {
      ranges += assignment.slots.size();
      const SlotSet moved = to_set(assignment.slots);
      for (auto& node : model.nodes) node.slots &= ~moved;
      for (auto& node : model.nodes) {
        if (node.id.starts_with(assignment.target)) node.slots |= moved;
      }
    }
    EXPECT_LE(ranges, 32U);
  }
  return 100;
}

TEST(ChooseKept, MastersThatStayAreKept) {
  RedisClusterModel model(4);
  const auto kept = choose_kept(model.view(), 6, 3);
  EXPECT_EQ(kept.size(), 3U);
  for (const std::string& ref : kept) EXPECT_LT(model.view().find(ref)->pod.ordinal, 6);
}

TEST(ChooseKept, AReplicaThatStaysStandsInForAMasterThatGoes) {
  RedisClusterModel model(3);
  std::swap(model.at(2).slots, model.at(5).slots);  // pod 5 is the master of pod 2
  model.at(5).master_id.clear();
  model.at(2).master_id = model.at(5).id;
  const auto kept = choose_kept(model.view(), 4, 3);
  EXPECT_EQ(kept, (std::vector<std::string>{model.ref(0), model.ref(1), model.ref(2)}));
  model.at(2).link_up = false;
  EXPECT_EQ(choose_kept(model.view(), 4, 3).size(), 2U) << "one out of sync cannot stand in";
}

TEST(ChooseKept, TheFullestStayWhenThereAreTooMany) {
  RedisClusterModel model(4);
  model.at(1).keys = 1;
  const auto kept = choose_kept(model.view(), 8, 3);
  EXPECT_EQ(kept, (std::vector<std::string>{model.ref(0), model.ref(2), model.ref(3)}));
}

TEST(PlanBatch, DrainsWhoDoesNotStayEvenly) {
  RedisClusterModel model(4);
  const Journal journal = journal_for(model, Direction::Down, {0, 1, 2}, 6);
  EXPECT_EQ(slots_to_move(journal, model.view(), {}), 4096);
  EXPECT_GE(move_all(model, journal, {}), 4);
  EXPECT_TRUE(model.at(3).slots.none());
  for (const int i : {0, 1, 2})
    EXPECT_NEAR(static_cast<double>(model.at(i).slots.count()), 5461, 2);
}

TEST(PlanBatch, FillsANewMasterToItsShareAndThenStops) {
  RedisClusterModel model(3);
  model.add_pod();
  model.join(6);
  const Journal journal = journal_for(model, Direction::Up, {0, 1, 2, 6}, 8);
  move_all(model, journal, {});
  for (const int i : {0, 1, 2, 6}) {
    EXPECT_NEAR(static_cast<double>(model.at(i).slots.count()), 4096, 82) << i;
  }
  EXPECT_FALSE(model.view().coverage());
}

TEST(PlanBatch, SharesBytesRatherThanSlots) {
  RedisClusterModel model(3);
  model.add_pod();
  model.join(6);
  SlotWeights weights(kSlotCount, 0);
  for (std::size_t i = 0; i < 5461; ++i) weights[i] = 1'000'000;  // all on pod 0
  move_all(model, journal_for(model, Direction::Up, {0, 1, 2, 6}, 8), weights);
  std::uint64_t on_new = 0;
  for (const Slot slot : to_list(model.at(6).slots)) on_new += weights[slot];
  EXPECT_NEAR(static_cast<double>(on_new), 5461e6 / 4, 5461e6 / 40);
}

TEST(PlanBatch, IsTheSameForEveryoneWhoAsks) {
  RedisClusterModel model(4);
  const Journal journal = journal_for(model, Direction::Down, {0, 1, 2}, 6);
  EXPECT_EQ(plan_batch(journal, model.view(), {}), plan_batch(journal, model.view(), {}));
}

TEST(NextReplica, ADrainedMasterAndItsReplicaServeThoseThatStay) {
  RedisClusterModel model(4);  // masters 0..3, replicas 4..7
  Journal journal = journal_for(model, Direction::Down, {0, 1, 2}, 6);
  journal.replicas_per_shard = 1;
  EXPECT_FALSE(next_replica(journal, model.view())) << "pod 3 still has slots";
  EXPECT_EQ(missing_replica(journal, model.view())->node, "#2");
  model.at(0).slots |= model.at(3).slots;
  model.at(3).slots.reset();
  model.at(3).keys = 0;
  const ClusterView view = model.view();
  const auto change = next_replica(journal, view);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->node->pod.ordinal, 3);
  EXPECT_EQ(change->master->pod.ordinal, 2);
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
  Journal journal = journal_for(model, Direction::Up, {0, 1, 2}, 8);
  journal.replicas_per_shard = 3;  // none is taken from master 0
  const ClusterView view = model.view();
  const auto first = next_replica(journal, view);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->node->pod.ordinal, 7);
  EXPECT_EQ(first->master->pod.ordinal, 1) << "pod 6 is on its own machine";
  model.at(7).master_id = model.at(1).id;
  const ClusterView later = model.view();
  const auto second = next_replica(journal, later);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->node->pod.ordinal, 6);
  EXPECT_EQ(second->master->pod.ordinal, 2);
}

TEST(NextReplica, OneMachineForAllIsBetterThanNoReplica) {
  RedisClusterModel model(3);
  for (auto& node : model.nodes) node.host = "a";
  model.at(4).master_id = model.at(0).id;  // pod 1 has none, pod 0 has two
  const Journal journal = journal_for(model, Direction::Up, {0, 1, 2}, 6);
  const ClusterView view = model.view();
  const auto change = next_replica(journal, view);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->master->pod.ordinal, 1);
}

TEST(NextReplica, NobodyIsTakenFromAMasterThatHasNoneToSpare) {
  RedisClusterModel model(3);
  Journal journal = journal_for(model, Direction::Up, {0, 1, 2}, 6);
  EXPECT_FALSE(next_replica(journal, model.view()));
  EXPECT_FALSE(missing_replica(journal, model.view()));
  model.at(4).master_id = model.at(0).id;  // pod 1 has none, pod 0 has two
  const ClusterView view = model.view();
  const auto change = next_replica(journal, view);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->master->pod.ordinal, 1);
}

TEST(ChooseKept, AMasterWithoutAReplicaGoesBeforeOneWithFewKeys) {
  RedisClusterModel model(4);
  model.at(3).keys = 1;
  EXPECT_EQ(choose_kept(model.view(), 6, 3),
            (std::vector<std::string>{model.ref(0), model.ref(1), model.ref(2)}));
  model.at(6).link_up = false;  // of master 2
  EXPECT_EQ(choose_kept(model.view(), 6, 3),
            (std::vector<std::string>{model.ref(0), model.ref(1), model.ref(3)}));
}

}  // namespace
}  // namespace evalscaler::redis
