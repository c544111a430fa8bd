// SPDX-License-Identifier: Apache-2.0
#include "redis/node_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evalscaler::redis {
namespace {

using wire::RedisReply;

const std::string kSelf(40, 'a');

std::string info(const std::string& role) {
  return "# Server\r\nredis_version:7.0.15\r\nloading:0\r\nrole:" + role +
         "\r\nmaster_link_status:up\r\nmaster_sync_in_progress:0\r\nslave_repl_offset:90\r\n"
         "master_repl_offset:100\r\nused_memory:5000\r\nmaxmemory:9000\r\nevicted_keys:3\r\n"
         "db0:keys=12,expires=0,avg_ttl=0\r\n";
}

std::vector<RedisReply> replies(const std::string& flags, const std::string& role) {
  return {RedisReply::bulk(kSelf + " 10.0.0.1:6379@16379 myself," + flags +
                           (flags == "master" ? " -" : " " + std::string(40, 'b')) +
                           " 0 0 4 connected\n"),
          RedisReply::bulk("cluster_state:ok\r\ncluster_current_epoch:9\r\n"),
          RedisReply::bulk(info(role)),
          RedisReply::array({RedisReply::bulk("cluster-node-timeout"), RedisReply::bulk("5000"),
                             RedisReply::bulk("cluster-allow-replica-migration"),
                             RedisReply::bulk("no")})};
}

TEST(NodeReport, ReadsAMaster) {
  const auto report = read_report(replies("master", "master"));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->id(), kSelf);
  EXPECT_TRUE(report->master && report->cluster_ok && !report->replica_migration);
  EXPECT_EQ(report->keys, 12);
  EXPECT_EQ(report->used_bytes, 5000);
  EXPECT_EQ(report->max_bytes, 9000);
  EXPECT_EQ(report->replication_offset, 100);
  EXPECT_EQ(report->node_timeout, std::chrono::seconds(5));
}

TEST(NodeReport, AReplicaTellsItsLink) {
  const auto report = read_report(replies("slave", "slave"));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->master_link_up);
  EXPECT_EQ(report->replication_offset, 90);
}

TEST(NodeReport, ARoleThatIsJustChangingIsNoReport) {
  EXPECT_EQ(read_report(replies("master", "slave")).error().kind, ErrorKind::Unavailable);
}

TEST(NodeReport, AMissingNumberIsNamed) {
  auto without = replies("master", "master");
  without[2].text = "redis_version:7.0.15\r\nloading:0\r\nrole:master\r\n";
  EXPECT_THAT(read_report(without).error().message, ::testing::HasSubstr("used_memory"));
  auto negative = replies("master", "master");
  negative[2].text += "used_memory:-1\r\n";
  EXPECT_FALSE(read_report(negative));
  auto keys = replies("master", "master");
  keys[2].text += "db0:keys=many,expires=0\r\n";
  EXPECT_THAT(read_report(keys).error().message, ::testing::HasSubstr("db0"));
  auto options = replies("master", "master");
  options[3].items.clear();
  EXPECT_THAT(read_report(options).error().message, ::testing::HasSubstr("CONFIG GET"));
}

// Both found by the fuzz target redis_answers.
TEST(NodeReport, ADatabaseThatNobodyCouldHaveIsRefusedInOneLine) {
  auto keys = replies("master", "master");
  keys[2].text += "db\x01\x02:keys=many\r\n";
  const auto report = read_report(keys);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message.find_first_of("\x01\x02"), std::string::npos);
  keys = replies("master", "master");
  keys[2].text += "db7:keys=9223372036854775807\r\ndb8:keys=9223372036854775807\r\n";
  EXPECT_FALSE(read_report(keys));
}

}  // namespace
}  // namespace evalscaler::redis
