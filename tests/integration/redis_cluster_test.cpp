// SPDX-License-Identifier: Apache-2.0
// A Redis Cluster of real processes grows and shrinks; a ledger says whether a key was lost.
#include <gtest/gtest.h>

#include <iostream>
#include <random>

#include "integration/redis_cluster_fixture.hpp"

namespace evalscaler::integration {
namespace {

using redis::Reason;

TEST_F(RedisClusterTest, GrowsAndShrinksUnderLoadWithoutLosingAWrite) {
  Ledger ledger(set_.connector(), first_pods(set_), 5'000);
  ledger.start();
  expect_finished(4);
  expect_whole(4);
  expect_finished(5);
  expect_whole(5);
  expect_finished(3);
  expect_whole(3);
  ledger.stop();
  ledger.expect_all_there();
  EXPECT_EQ(ledger.failures(), 0);
  const double rate =
      static_cast<double>(world_.moved.slots) * 1e6 / static_cast<double>(world_.moving.count());
  std::cout << world_.moved.slots << " slots, " << world_.moved.keys << " keys, " << rate
            << " slots/s, longest batch " << world_.moved.longest_block.count() << " us, "
            << ledger.writes() << " writes\n";
  for (const auto& [name, count] : world_.actions) std::cout << name << " " << count << "\n";
  for (const auto& [on, time] : world_.spent) {
    std::cout << on << " " << time.count() / 1000 << " ms\n";
  }
}

TEST_F(RedisClusterTest, SurvivesDeathAfterAnyWrite) {
  Ledger ledger(set_.connector(), first_pods(set_), 2'000);
  ledger.start();
  std::mt19937 random(20'260'101);
  const auto few = [&](int life) {
    return life < 26 ? life % 13 : static_cast<int>(random() % 120);
  };
  const int up = drive_through_deaths(4, few);
  expect_whole(4);
  const int down = drive_through_deaths(3, few);
  expect_whole(3);
  ledger.stop();
  ledger.expect_all_there();
  EXPECT_EQ(ledger.failures(), 0);
  EXPECT_GE(up + down, 300);
  std::cout << "killed " << up << " times while growing, " << down << " times while shrinking, "
            << world_.moved.replaced_batches << " batches sent again\n";
}

TEST_F(RedisClusterTest, LetsAReplicaThatStaysTakeOverFromAMasterThatGoes) {
  expect_finished(4);
  const std::string id0 = set_.ask(0, {"CLUSTER", "MYID"}).text;
  const std::string id6 = set_.ask(6, {"CLUSTER", "MYID"}).text;
  set_.expect_ok(7, {"CLUSTER", "REPLICATE", id0});
  set_.expect_ok(3, {"CLUSTER", "REPLICATE", id6});
  ASSERT_TRUE(until(std::chrono::seconds(20), [&] {
    return set_.ask(7, {"CLUSTER", "FAILOVER"}).text == "OK" && until(std::chrono::seconds(3), [&] {
             return set_.ask(0, {"ROLE"}).items.at(0).text == "slave";
           });
  }));
  Ledger ledger(set_.connector(), first_pods(set_), 1'000);
  ASSERT_TRUE(until(std::chrono::seconds(20), [&] { return !look().disagreement(); }));
  expect_finished(3);
  expect_whole(3);
  EXPECT_GE(world_.actions["Failover"], 1);
  ledger.expect_all_there();
}

TEST_F(RedisClusterTest, StopsBetweenSlotsAndLeavesAWholeCluster) {
  Ledger ledger(set_.connector(), first_pods(set_), 2'000);
  for (int life = 0; look().open_slots().empty() && life < 50; ++life) {
    Doom doom(Doom::At::AfterWrite, 30 + life);
    ASSERT_EQ(RedisDriver(world_, doom).run(4).ending, Ending::Killed);
  }
  ASSERT_FALSE(look().open_slots().empty());
  world_.intent = redis::Intent::Stop;
  const DriveResult stopped = drive(4);
  EXPECT_EQ(stopped.ending, Ending::Finished) << text(stopped);
  EXPECT_TRUE(look().open_slots().empty());
  EXPECT_FALSE(look().coverage());
  world_.intent = redis::Intent::Continue;
  expect_finished(3);
  expect_whole(3);
  ledger.expect_all_there();
}

}  // namespace
}  // namespace evalscaler::integration
