// SPDX-License-Identifier: Apache-2.0
#include "targets/redis_cluster/fenced_redis.hpp"

#include <gtest/gtest.h>

#include "fakes/scripted_redis.hpp"

namespace evalscaler::targets {
namespace {

wire::RedisReply ok() {
  wire::RedisReply reply;
  reply.text = "OK";
  return reply;
}

TEST(FencedRedis, F2TheDeadlineIsAskedBeforeEachCommandAndNotOnlyTheFirst) {
  bool leads = true;
  auto servers = std::make_unique<fakes::ScriptedRedis>(wire::RedisAccess{"op", "pw"});
  servers->expect(7000, "PING", ok());
  const auto connector = fenced(std::move(servers), [&] { return leads; });
  EXPECT_EQ(connector->access().password, "pw");
  const auto connection = connector->open({"node", 7000});
  EXPECT_TRUE(connection->pipeline({{"PING"}}, {}));
  leads = false;
  const auto late = connection->pipeline({{"CLUSTER", "SETSLOT", "1", "NODE", "a"}}, {});
  ASSERT_FALSE(late) << "a former leader commands a data store";
  EXPECT_EQ(late.error().kind, ErrorKind::Cancelled);
}

TEST(FencedRedis, WithoutLeaderElectionNobodyIsAsked) {
  auto servers = std::make_unique<fakes::ScriptedRedis>();
  servers->expect(7000, "PING", ok());
  const auto connector = fenced(std::move(servers), {});
  EXPECT_TRUE(connector->open({"node", 7000})->pipeline({{"PING"}}, {}));
}

}  // namespace
}  // namespace evalscaler::targets
