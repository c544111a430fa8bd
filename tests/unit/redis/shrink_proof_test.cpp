// SPDX-License-Identifier: Apache-2.0
#include "redis/shrink_proof.hpp"

#include <gtest/gtest.h>

#include "fakes/redis_cluster_model.hpp"

namespace evalscaler::redis {
namespace {

using fakes::RedisClusterModel;

// 3 shards on pods 0..5; pods 6 and 7 have left the cluster and are empty.
class ShrinkProofTest : public ::testing::Test {
 protected:
  ShrinkProofTest() {
    model.add_pod();
    model.add_pod();
  }
  RedisClusterModel model{3};

  std::string violation() {
    StatefulSetFacts facts = model.facts();
    const auto proof = prove_shrink(model.view(), facts, 6, 1);
    if (const auto* refusal = std::get_if<Refusal>(&proof)) {
      return std::string(to_text(refusal->reason)) + " " + refusal->node + " " +
             std::to_string(refusal->number);
    }
    return "";
  }
};

TEST_F(ShrinkProofTest, EmptyForgottenPodsMayGo) {
  const auto proof = prove_shrink(model.view(), model.facts(), 6, 1);
  ASSERT_TRUE(std::holds_alternative<ShrinkProof>(proof)) << violation();
  EXPECT_EQ(std::get<ShrinkProof>(proof).from_pods(), 8);
  EXPECT_EQ(std::get<ShrinkProof>(proof).to_pods(), 6);
  EXPECT_EQ(std::get<ShrinkProof>(proof).stateful_set_uid(), "uid-1");
}

TEST_F(ShrinkProofTest, OneKeyIsEnoughToStay) {
  model.at(7).keys = 1;
  EXPECT_EQ(violation(), "KeysLeft #7 1");
}

TEST_F(ShrinkProofTest, OneSlotIsEnoughToStay) {
  model.at(6).slots.set(12);
  EXPECT_EQ(violation(), "SlotsLeft #6 1");
}

TEST_F(ShrinkProofTest, WhoIsNotReachedMayNotGo) {
  model.at(7).silent = Refusal{Reason::NodeUnreachable, "#7", 0, "no answer"};
  EXPECT_EQ(violation(), "NodeUnreachable #7 0");
}

TEST_F(ShrinkProofTest, APodThatWasNotLookedAtMayNotGo) {
  StatefulSetFacts facts = model.facts();
  facts.replicas = 9;
  const auto proof = prove_shrink(model.view(), facts, 6, 1);
  EXPECT_EQ(std::get<Refusal>(proof).reason, Reason::PodMissing);
}

TEST_F(ShrinkProofTest, WhoIsStillKnownMayNotGo) {
  model.join(6);
  EXPECT_EQ(violation(), "StillInCluster #6 0");
}

TEST_F(ShrinkProofTest, AnOpenSlotAnywhereForbidsIt) {
  model.at(1).open.push_back({6000, OpenSlot::Side::Migrating, model.at(2).id});
  EXPECT_EQ(violation(), "OpenSlotsOfOthers #1 1");
}

TEST_F(ShrinkProofTest, EveryMasterNeedsItsReplicasOnPodsThatStay) {
  model.at(4).link_up = false;
  EXPECT_EQ(violation(), "ReplicaMissing #1 0");
}

TEST_F(ShrinkProofTest, ThoseThatStayMustOwnEverythingAndAgree) {
  model.at(3).believes[0] = model.at(1).id;
  EXPECT_EQ(violation(), "MapsDisagree #3 0");
  model.at(3).believes.clear();
  model.at(0).slots.reset(0);
  EXPECT_EQ(violation(), "SlotsUncovered  1");
  model.at(0).slots.set(0);
  model.at(5).cluster_ok = false;
  EXPECT_EQ(violation(), "ClusterNotOk #5 0");
}

}  // namespace
}  // namespace evalscaler::redis
