// SPDX-License-Identifier: Apache-2.0
#include "redis/observe.hpp"

#include <gtest/gtest.h>

#include "fakes/redis_cluster_model.hpp"
#include "fakes/scripted_redis.hpp"

namespace evalscaler::redis {
namespace {

using wire::RedisReply;

TEST(FindBegun, AsksTheHeirOfTheTargetForKeysOfSlotsThatAreNotItsOwn) {
  fakes::RedisClusterModel model(3);
  std::swap(model.at(0).slots, model.at(3).slots);  // pod 3 took over from pod 0
  model.at(3).master_id.clear();
  model.at(0).master_id = model.at(3).id;
  Journal journal;
  const Slot own = 7;
  journal.batch = {{{{own, own}, {16000, 16002}}, model.ref(0)}};

  fakes::ScriptedRedis redis;
  redis.expect(7003, "CLUSTER COUNTKEYSINSLOT 16000", RedisReply::number(0))
      .expect(7003, "CLUSTER COUNTKEYSINSLOT 16001", RedisReply::number(3))
      .expect(7003, "CLUSTER COUNTKEYSINSLOT 16002", RedisReply::number(0));
  NodeConnections connections(redis);
  const auto begun = find_begun(journal, model.view(), connections, {});
  ASSERT_TRUE(begun);
  EXPECT_EQ(to_list(*begun), (std::vector<Slot>{16001}));
}

}  // namespace
}  // namespace evalscaler::redis
