// SPDX-License-Identifier: Apache-2.0
#include "targets/units.hpp"

#include <gtest/gtest.h>

namespace evalscaler::targets {
namespace {

api::Tier cache(int replicas_per_shard = 1) {
  api::Tier tier;
  tier.redis_cluster.emplace().replicas_per_shard = replicas_per_shard;
  return tier;
}

api::TargetObservation pods(int spec, int ready) {
  api::TargetObservation out;
  out.spec_replicas = spec;
  out.ready_replicas = ready;
  out.updated_replicas = ready;
  return out;
}

TEST(Units, APodIsAUnitUnlessTheTargetSaysOtherwise) {
  EXPECT_EQ(pods_per_unit(api::Tier{}), 1);
  EXPECT_EQ(pods_per_unit(cache(0)), 1);
  EXPECT_EQ(pods_per_unit(cache(2)), 3);
}

TEST(Units, AShardIsReadyWithAllItsPods) {
  const auto seen = in_units(cache(), nullptr, pods(8, 7)).value();
  EXPECT_EQ(seen.spec_replicas, 4);
  EXPECT_EQ(seen.ready_replicas, 3);
  EXPECT_EQ(seen.updated_replicas, 3);
}

TEST(Units, PodsThatAreNoWholeShardsAreRefusedWithTheNumbers) {
  const auto seen = in_units(cache(), nullptr, pods(7, 7));
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().kind, ErrorKind::Invalid);
  EXPECT_EQ(seen.error().message,
            "spec.replicas: 7 pods are no whole number of shards of 2; set replicasPerShard to "
            "what the cluster has, or replicas to a multiple");
}

TEST(Units, WhileAPlanRunsItsGoalIsWhatIsAskedFor) {
  api::PlanStatus plan;
  plan.from = 4;
  plan.to = 3;
  plan.journal = "{}";
  EXPECT_EQ(in_units(cache(), &plan, pods(8, 8)).value().spec_replicas, 3);
  EXPECT_EQ(in_units(cache(), &plan, pods(7, 7)).value().spec_replicas, 3) << "it accounts for it";
}

TEST(Units, APlanThatWasRefusedAsksForNothing) {
  api::PlanStatus refused;
  refused.to = 5;
  EXPECT_EQ(in_units(cache(), &refused, pods(8, 8)).value().spec_replicas, 4);
}

}  // namespace
}  // namespace evalscaler::targets
