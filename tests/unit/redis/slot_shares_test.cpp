// SPDX-License-Identifier: Apache-2.0
#include "redis/slot_shares.hpp"

#include <gtest/gtest.h>

#include "fakes/redis_cluster_model.hpp"

namespace evalscaler::redis {
namespace {

using fakes::RedisClusterModel;

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

TEST(PlanBatch, DrainsWhoDoesNotStayEvenly) {
  RedisClusterModel model(4);
  const Journal journal = model.journal(Direction::Down, {0, 1, 2}, 6);
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
  const Journal journal = model.journal(Direction::Up, {0, 1, 2, 6}, 8);
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
  move_all(model, model.journal(Direction::Up, {0, 1, 2, 6}, 8), weights);
  std::uint64_t on_new = 0;
  for (const Slot slot : to_list(model.at(6).slots)) on_new += weights[slot];
  EXPECT_NEAR(static_cast<double>(on_new), 5461e6 / 4, 5461e6 / 40);
}

TEST(PlanBatch, IsTheSameForEveryoneWhoAsks) {
  RedisClusterModel model(4);
  const Journal journal = model.journal(Direction::Down, {0, 1, 2}, 6);
  EXPECT_EQ(plan_batch(journal, model.view(), {}), plan_batch(journal, model.view(), {}));
}

}  // namespace
}  // namespace evalscaler::redis
