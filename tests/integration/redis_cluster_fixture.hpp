// SPDX-License-Identifier: Apache-2.0
// A cluster of 3 masters and 3 replicas at the start of each test, and what must hold at its end.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "integration/redis_driver.hpp"
#include "integration/redis_ledger.hpp"

namespace evalscaler::integration {

inline std::vector<redis::Address> first_pods(const RedisStatefulSet& set) {
  std::vector<redis::Address> out;
  for (const redis::PodPlace& pod : set.pods()) out.push_back(pod.address);
  return out;
}

inline std::string text(const DriveResult& result) {
  std::string out;
  for (const redis::Refusal& why : result.why) {
    out += std::string(to_text(why.reason)) + ": " + why.message + "; ";
  }
  return out;
}

class RedisClusterTest : public ::testing::Test {
 protected:
  explicit RedisClusterTest(RedisServerOptions options = {}) : set_(std::move(options)) {}
  void SetUp() override {
    set_.scale(6);
    set_.form_cluster();
  }

  redis::ClusterView look() {
    redis::NodeConnections connections(set_.connector());
    return *redis::observe(set_.pods(), connections, {});
  }

  DriveResult drive(int to_shards) {
    Doom never;
    return RedisDriver(world_, never).run(to_shards);
  }
  // Operators that die after `writes(n)` writes in their n-th life, until one lives to the end.
  // Returns how often one was killed.
  int drive_through_deaths(int to_shards, const std::function<int(int)>& writes) {
    for (int life = 0; life < 20'000; ++life) {
      Doom doom(life % 2 == 0 ? Doom::At::AfterWrite : Doom::At::BeforeWrite, writes(life));
      const DriveResult result = RedisDriver(world_, doom).run(to_shards);
      if (result.ending == Ending::Finished) return life;
      EXPECT_EQ(result.ending, Ending::Killed) << text(result);
      if (result.ending != Ending::Killed) return life;
    }
    ADD_FAILURE() << "does not come to an end";
    return 0;
  }
  void expect_finished(int to_shards) {
    const DriveResult result = drive(to_shards);
    EXPECT_EQ(result.ending, Ending::Finished) << to_shards << ": " << text(result);
    EXPECT_EQ(set_.size(), to_shards * 2);
  }
  // A whole cluster of `shards`, each master with one replica, nothing open, all agreeing.
  void expect_whole(int shards) {
    redis::NodeConnections connections(set_.connector());
    EXPECT_TRUE(until(std::chrono::seconds(20), [&] {
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
  PlanWorld world_{set_, {}, {}, {}, {}, {}};
};

}  // namespace evalscaler::integration
