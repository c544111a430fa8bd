// SPDX-License-Identifier: Apache-2.0
#include "redis/mean_key_size.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "fakes/redis_cluster_model.hpp"
#include "redis/preflight.hpp"
#include "redis/slot_shares.hpp"

namespace evalscaler::redis {
namespace {

using fakes::RedisClusterModel;

constexpr std::int64_t kMiB = std::int64_t{1} << 20;

// A view of which each master has so many keys and bytes.
ClusterView view_with(const RedisClusterModel& model,
                      const std::vector<std::pair<std::int64_t, std::int64_t>>& masters) {
  std::vector<Member> members = model.view().members();
  for (std::size_t i = 0; i < masters.size(); ++i) {
    members[i].report->keys = masters[i].first;
    members[i].report->data_bytes = masters[i].second;
  }
  return ClusterView(std::move(members));
}

TEST(MeanKeySize, OfALargeDatasetIsItsOwn) {
  const ClusterView view = view_with(
      RedisClusterModel(3), {{100'000, 100 * kMiB}, {100'000, 200 * kMiB}, {100'000, 400 * kMiB}});
  const MeanKeySize mean(view);
  EXPECT_EQ(mean.of(*view.at(0)->report), 100 * kMiB / 100'000);
  EXPECT_EQ(mean.of(*view.at(2)->report), 400 * kMiB / 100'000);
}

// As seen of four nodes with 20,000 keys: each dataset was said to need 0.75 to 0.87 MB.
TEST(MeanKeySize, OfSmallDatasetsIsTheSameForAll) {
  const ClusterView view = view_with(
      RedisClusterModel(4), {{2871, 795'852}, {5793, 866'348}, {5765, 873'012}, {5571, 749'876}});
  const MeanKeySize mean(view);
  for (int ordinal = 0; ordinal < 4; ++ordinal) {
    EXPECT_EQ(mean.of(*view.at(ordinal)->report), (795'852 + 866'348 + 873'012 + 749'876) / 20'000);
  }
}

TEST(MeanKeySize, IsNeverNothing) {
  const ClusterView empty = view_with(RedisClusterModel(3), {{0, 0}, {0, 0}, {0, 0}});
  EXPECT_EQ(MeanKeySize(empty).of(*empty.at(0)->report), 1);
  const ClusterView small = view_with(RedisClusterModel(3), {{1000, 10}, {0, 20 * kMiB}, {0, 0}});
  EXPECT_GE(MeanKeySize(small).of(*small.at(1)->report), 1) << "and no division by no keys";
}

// What an upward plan leaves behind, by bytes: pod 0's slots are three times as heavy.
TEST(Rebalance, EndsWithTheSameBytesOnEachMasterWhereBytesAreKnown) {
  RedisClusterModel model(3);
  SlotWeights weights(kSlotCount, 1'000);
  for (const Slot slot : to_list(model.at(0).slots)) weights[slot] = 3'000;
  model.add_pod();
  model.join(6);
  Journal journal;
  journal.direction = Direction::Up;
  journal.to_pods = 8;
  for (const int ordinal : {0, 1, 2, 6}) journal.keep.push_back(node_ref(model.at(ordinal).id));
  for (const Assignment& assignment : plan_all(journal, model.view(), weights)) {
    for (const Slot slot : to_list(to_set(assignment.slots))) {
      for (auto& node : model.nodes) {
        node.slots.set(slot, node_ref(node.id) == assignment.target);
      }
    }
  }
  std::uint64_t total = 0;
  std::vector<std::uint64_t> parts;
  for (const int ordinal : {0, 1, 2, 6}) {
    std::uint64_t sum = 0;
    for (const Slot slot : to_list(model.at(ordinal).slots)) sum += weights[slot];
    parts.push_back(sum);
    total += sum;
  }
  EXPECT_GT(total, 27'000'000U) << "every slot has an owner";
  for (const std::uint64_t part : parts) {
    EXPECT_NEAR(static_cast<double>(part), static_cast<double>(total) / 4,
                static_cast<double>(total) / 4 * 0.02);
  }
  EXPECT_TRUE(plan_all(journal, model.view(), weights).empty()) << "and then there is an end";
}

}  // namespace
}  // namespace evalscaler::redis
