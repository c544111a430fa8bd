// SPDX-License-Identifier: Apache-2.0
#include "redis/forecast.hpp"

#include <gtest/gtest.h>

#include "fakes/redis_cluster_model.hpp"
#include "redis/preflight.hpp"

namespace evalscaler::redis {
namespace {

using fakes::RedisClusterModel;

std::vector<ForecastMove> moves(const RedisClusterModel& model, const ClusterView& view, int to) {
  const auto begun = begin_plan(view, model.facts(), {"plan-1", 1, 1, to, {}});
  const auto* journal = std::get_if<Journal>(&begun);
  EXPECT_NE(journal, nullptr);
  return journal == nullptr ? std::vector<ForecastMove>{}
                            : forecast(*journal, view, SlotWeights(kSlotCount, 100));
}

TEST(Forecast, AShrinkingPlanGivesAllOfTheLeavingMasterToThoseThatStay) {
  RedisClusterModel model(4);
  // Pods 6 and 7 leave: let one be a master, and the other its replica.
  std::swap(model.at(3).slots, model.at(7).slots);
  model.at(7).master_id.clear();
  model.at(3).master_id = model.at(2).id;
  model.at(6).master_id = model.at(7).id;
  const ClusterView view = model.view();
  std::int64_t slots = 0;
  for (const ForecastMove& move : moves(model, view, 3)) {
    EXPECT_EQ(move.from->pod.ordinal, 7);
    ASSERT_NE(move.to, nullptr);
    EXPECT_LT(move.to->pod.ordinal, 6);
    EXPECT_EQ(move.bytes, move.slots * 100);
    slots += move.slots;
  }
  EXPECT_EQ(slots, 4096);
}

TEST(Forecast, AGrowingPlanTakesAnEqualShareOfEach) {
  const RedisClusterModel model(3);
  const ClusterView view = model.view();
  std::int64_t slots = 0;
  for (const ForecastMove& move : moves(model, view, 4)) {
    EXPECT_EQ(move.to, nullptr) << "its shard does not exist yet";
    EXPECT_NEAR(static_cast<double>(move.slots), 1365, 2);
    slots += move.slots;
  }
  EXPECT_NEAR(static_cast<double>(slots), 4096, 4);
}

}  // namespace
}  // namespace evalscaler::redis
