// SPDX-License-Identifier: Apache-2.0
#include "redis/cluster_nodes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evalscaler::redis {
namespace {

const std::string kA(40, 'a');
const std::string kB(40, 'b');
const std::string kC(40, 'c');

std::string line(const std::string& id, const std::string& rest) {
  return id + " " + rest + "\n";
}

std::string error_of(const std::string& text) {
  const auto parsed = parse_cluster_nodes(text);
  return parsed ? "no error" : parsed.error().message;
}

TEST(ClusterNodes, ReadsWhatRedis7Writes) {
  const auto parsed = parse_cluster_nodes(
      line(kA,
           "10.0.0.1:6379@16379,pod-0.cache myself,master - 0 0 3 connected 0-99 200 "
           "[7->-" +
               kB + "] [300-<-" + kB + "]") +
      line(kB, "10.0.0.2:6379@16379 master,fail? - 1 2 5 disconnected 300-16383") +
      line(kC, "10.0.0.3:6379@16379 slave " + kA + " 1 2 3 connected"));
  ASSERT_TRUE(parsed) << parsed.error().message;
  const ClusterNode& self = parsed->myself();
  EXPECT_EQ(self.id, kA);
  EXPECT_EQ(self.hostname, "pod-0.cache");
  EXPECT_EQ(self.address, (Address{"10.0.0.1", 6379}));
  EXPECT_EQ(to_text(self.slots), "0-99,200");
  EXPECT_EQ(self.config_epoch, 3);
  EXPECT_EQ(parsed->open, (std::vector<OpenSlot>{{7, OpenSlot::Side::Migrating, kB},
                                                 {300, OpenSlot::Side::Importing, kB}}));
  EXPECT_TRUE(parsed->find(kB)->possibly_failed);
  EXPECT_FALSE(parsed->find(kB)->failed);
  EXPECT_FALSE(parsed->find(kC)->master);
  EXPECT_EQ(parsed->find(kC)->master_id, kA);
}

TEST(ClusterNodes, KnowsNodesWithoutAnAddressAndThoseInHandshake) {
  const auto parsed =
      parse_cluster_nodes(line(kA, ":0@0 myself,master - 0 0 0 connected") +
                          line(kB, ":0@0 master,noaddr - 0 0 0 disconnected") +
                          line(kC, "10.0.0.3:6379@16379 handshake - 0 0 0 disconnected"));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_FALSE(parsed->find(kA)->address);
  EXPECT_FALSE(parsed->find(kB)->address);
  EXPECT_TRUE(parsed->find(kC)->handshake);
}

TEST(ClusterNodes, AnIpv6AddressKeepsItsColons) {
  const auto parsed = parse_cluster_nodes(line(kA, "fd00::1:6379@16379 myself,master - 0 0 0 c"));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->myself().address, (Address{"fd00::1", 6379}));
}

TEST(ClusterNodes, WhatContradictsItselfIsRefused) {
  const std::string self = "10.0.0.1:6379@16379 myself,master - 0 0 1 connected";
  const std::string other = "10.0.0.2:6379@16379 master - 0 0 1 connected";
  EXPECT_THAT(error_of(line(kA, self + " 16384")), ::testing::HasSubstr("no slot range"));
  EXPECT_THAT(error_of(line(kA, self + " 0-9") + line(kB, other + " 9")),
              ::testing::HasSubstr("two owners"));
  EXPECT_THAT(error_of(line(kA, self) + line(kA, other)), ::testing::HasSubstr("twice"));
  EXPECT_THAT(error_of(line(kA, self) + line(kB, self)), ::testing::HasSubstr("2 nodes say"));
  EXPECT_THAT(error_of(line(kB, other)), ::testing::HasSubstr("0 nodes say"));
  EXPECT_THAT(error_of(line("nonsense", self)), ::testing::HasSubstr("no node id"));
  EXPECT_THAT(error_of(line(kA, self + " [7->-short]")), ::testing::HasSubstr("no open slot"));
  EXPECT_THAT(error_of(line(kA, self + " [7->-" + kB)), ::testing::HasSubstr("no open slot"));
  EXPECT_THAT(error_of(line(kA, "10.0.0.1:6379@1 myself,master -")),
              ::testing::HasSubstr("fewer than 8"));
  EXPECT_THAT(error_of(line(kA, "10.0.0.1:99999@1 myself,master - 0 0 1 c")),
              ::testing::HasSubstr("no address"));
}

}  // namespace
}  // namespace evalscaler::redis
