// SPDX-License-Identifier: Apache-2.0
#include "redis/take_back.hpp"

#include <gtest/gtest.h>

#include "fakes/scripted_redis.hpp"

namespace evalscaler::redis {
namespace {

using wire::RedisReply;

const NodePlace kHolder{"hhhh", {"10.0.0.1", 7003}};
const NodePlace kOwner{"oooo", {"10.0.0.1", 7000}};
const RedisReply kOk = RedisReply::status("OK");

TEST(TakeBack, WhatTheOwnerLacksItIsGivenAndWhatItHasIsDeletedHere) {
  fakes::ScriptedRedis redis;
  redis.expect(7003, "CLUSTER COUNTKEYSINSLOT 5", RedisReply::number(0))
      .expect(7003, "CLUSTER COUNTKEYSINSLOT 6", RedisReply::number(2))
      .expect(7003, "CLUSTER SETSLOT 6 IMPORTING oooo", kOk)
      .expect(7003, "CLUSTER GETKEYSINSLOT 6 100",
              RedisReply::array({RedisReply::bulk("a"), RedisReply::bulk("b")}))
      .expect(7003, "MIGRATE 10.0.0.1 7000  0 1000 KEYS a", kOk)
      .expect(7003, "MIGRATE 10.0.0.1 7000  0 1000 KEYS b",
              RedisReply::error("ERR Target instance replied with error: BUSYKEY Target key name "
                                "already exists."))
      .expect(7003, "ASKING", kOk)
      .expect(7003, "DEL b", RedisReply::number(1))
      .expect(7003, "CLUSTER SETSLOT 6 STABLE", kOk);
  NodeConnections connections(redis);
  EXPECT_TRUE(take_back({kHolder, {{kOwner, {{5, 6}}}}, {}}, connections, {}));
}

TEST(TakeBack, AKeyThatMayOrMayNotHaveArrivedIsNotDeleted) {
  fakes::ScriptedRedis redis;
  redis.expect(7003, "CLUSTER COUNTKEYSINSLOT 6", RedisReply::number(1))
      .expect(7003, "CLUSTER SETSLOT 6 IMPORTING oooo", kOk)
      .expect(7003, "CLUSTER GETKEYSINSLOT 6 100", RedisReply::array({RedisReply::bulk("a")}))
      .expect(7003, "MIGRATE 10.0.0.1 7000  0 1000 KEYS a",
              RedisReply::error("IOERR error or timeout reading to target instance"));
  NodeConnections connections(redis);
  EXPECT_FALSE(take_back({kHolder, {{kOwner, {{6, 6}}}}, {}}, connections, {}));
}

TEST(TakeBack, MarksOfAnAttemptBeforeAreTakenOffWhereNoKeyIsLeft) {
  fakes::ScriptedRedis redis;
  redis.expect(7003, "CLUSTER COUNTKEYSINSLOT 6", RedisReply::number(0))
      .expect(7003, "CLUSTER SETSLOT 9 STABLE", kOk);
  NodeConnections connections(redis);
  EXPECT_TRUE(take_back({kHolder, {{kOwner, {{6, 6}}}}, {9}}, connections, {}));
}

}  // namespace
}  // namespace evalscaler::redis
