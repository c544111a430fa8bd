// SPDX-License-Identifier: Apache-2.0
// A Redis Cluster of real processes grows and shrinks; a ledger says whether a key was lost.
#include <gtest/gtest.h>

#include <iostream>
#include <random>

#include "integration/redis_driver.hpp"
#include "integration/redis_ledger.hpp"

namespace evalscaler::integration {
namespace {

using redis::Reason;
using std::chrono::seconds;

std::vector<redis::Address> first_pods(const RedisStatefulSet& set) {
  std::vector<redis::Address> out;
  for (const redis::PodPlace& pod : set.pods()) out.push_back(pod.address);
  return out;
}

class RedisClusterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    set_.scale(6);
    set_.form_cluster();
  }

  DriveResult drive(int to_shards) {
    Doom never;
    return RedisDriver(world_, never).run(to_shards);
  }
  void expect_finished(int to_shards) {
    const DriveResult result = drive(to_shards);
    EXPECT_EQ(result.ending, Ending::Finished) << to_shards << ": " << text(result);
    EXPECT_EQ(set_.size(), to_shards * 2);
  }
  static std::string text(const DriveResult& result) {
    std::string out;
    for (const redis::Refusal& why : result.why) {
      out += std::string(to_text(why.reason)) + ": " + why.message + "; ";
    }
    return out;
  }

  // A whole cluster of `shards`, each master with one replica, nothing open, all agreeing.
  void expect_whole(int shards) {
    redis::NodeConnections connections(set_.connector());
    EXPECT_TRUE(until(seconds(10), [&] {
      const auto view = redis::observe(set_.pods(), connections, {});
      return view && !view->disagreement();
    }));
    const auto view = redis::observe(set_.pods(), connections, {});
    ASSERT_TRUE(view);
    EXPECT_FALSE(view->coverage()) << view->coverage()->message;
    EXPECT_TRUE(view->open_slots().empty());
    int masters = 0;
    for (const redis::Member& member : view->members()) {
      ASSERT_TRUE(member.report) << member.trouble.message;
      EXPECT_EQ(member.report->map.nodes.size(), view->members().size());
      EXPECT_TRUE(member.report->replica_migration) << "not set back";
      if (!member.report->master) continue;
      ++masters;
      const auto slots = static_cast<double>(view->slots_of(member).count());
      EXPECT_NEAR(slots, 16384.0 / shards, 16384.0 / shards * 0.25) << member.name();
      EXPECT_EQ(view->replicas_of(member.report->id()).size(), 1U) << member.name();
    }
    EXPECT_EQ(masters, shards);
  }

  RedisStatefulSet set_;
  PlanWorld world_{set_, {}, {}, {}, {}};
};

TEST_F(RedisClusterTest, GrowsAndShrinksUnderLoadWithoutLosingAWrite) {
  Ledger ledger(set_.connector(), first_pods(set_), 20'000);
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
  EXPECT_GE(rate, 500);
}

}  // namespace
}  // namespace evalscaler::integration
