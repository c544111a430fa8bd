// SPDX-License-Identifier: Apache-2.0
#include "wire/redis_reply.hpp"

#include <gtest/gtest.h>

#include "wire/redis_decoder.hpp"

namespace evalscaler::wire {
namespace {

using Type = RedisReply::Type;

TEST(RedisFault, IsTheFirstWord) {
  EXPECT_EQ(redis_fault("MOVED 3999 127.0.0.1:6381"), RedisFault::Moved);
  EXPECT_EQ(redis_fault("ASK 3999 127.0.0.1:6381"), RedisFault::Ask);
  EXPECT_EQ(redis_fault("WRONGPASS invalid username-password pair"), RedisFault::NotAuthorized);
  EXPECT_EQ(redis_fault("ERR something about BUSYKEY"), RedisFault::Other);
  EXPECT_EQ(redis_fault("SOMETHING new"), RedisFault::Other);
  EXPECT_EQ(redis_fault(""), RedisFault::Other);
}

TEST(RedisFault, OfMigrateIsWhatTheTargetSaid) {
  EXPECT_EQ(redis_fault("ERR Target instance replied with error: BUSYKEY Target key"),
            RedisFault::BusyKey);
  EXPECT_EQ(redis_fault("ERR Target instance replied with error: OOM command not allowed"),
            RedisFault::OutOfMemory);
  EXPECT_EQ(redis_fault("IOERR error or timeout reading to target instance"),
            RedisFault::InputOutput);
}

TEST(RedisFault, RedirectionsNameTheirTarget) {
  EXPECT_EQ(redirection_target("MOVED 1 10.0.0.1:7"), "10.0.0.1:7");
  EXPECT_EQ(redirection_target("ASK 1 fd00::1:7"), "fd00::1:7");
  EXPECT_EQ(redirection_target("ERR 1 2"), "");
  EXPECT_EQ(redirection_target("MOVED 1"), "");
}

TEST(RedisDecoder, ReadsEveryTypeOfResp2) {
  std::vector<RedisReply> replies;
  ASSERT_TRUE(
      decode_replies("+OK\r\n:-7\r\n$3\r\na\r\n\r\n$-1\r\n-ERR no\r\n"
                     "*2\r\n:1\r\n*2\r\n$1\r\nx\r\n*0\r\n",
                     replies));
  ASSERT_EQ(replies.size(), 6U);
  EXPECT_EQ(replies[0].text, "OK");
  EXPECT_EQ(replies[1].integer, -7);
  EXPECT_EQ(replies[2].text, "a\r\n");
  EXPECT_EQ(replies[3].type, Type::Nil);
  EXPECT_TRUE(replies[4].is_error());
  ASSERT_EQ(replies[5].items.size(), 2U);
  EXPECT_EQ(replies[5].items[1].items[0].text, "x");
}

TEST(RedisDecoder, AReplyThatIsNotWholeIsNone) {
  std::vector<RedisReply> replies;
  EXPECT_TRUE(decode_replies("*2\r\n:1\r\n", replies));
  EXPECT_TRUE(decode_replies("$2147483648\r\nabc", replies));
  EXPECT_TRUE(replies.empty());
}

TEST(RedisDecoder, AnArrayOfTwoThousandMillionIsRefusedWithoutTakingMemoryForIt) {
  std::vector<RedisReply> replies;
  EXPECT_FALSE(decode_replies("*2147483647\r\n", replies));
  EXPECT_FALSE(decode_replies("*1000001\r\n", replies));
}

TEST(RedisDecoder, WhatIsNoRespIsRefused) {
  for (const char* bytes : {"HTTP/1.1 200 OK\r\n", ":12a\r\n", "$-2\r\n", "$x\r\n"}) {
    std::vector<RedisReply> replies;
    EXPECT_FALSE(decode_replies(bytes, replies)) << bytes;
  }
}

}  // namespace
}  // namespace evalscaler::wire
