// SPDX-License-Identifier: Apache-2.0
#include "redis/preflight.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "fakes/redis_cluster_model.hpp"
#include "redis/step.hpp"

namespace evalscaler::redis {
namespace {

using fakes::RedisClusterModel;

class Preflight : public ::testing::Test {
 protected:
  RedisClusterModel model{4};
  StatefulSetFacts facts = model.facts();
  PlanRequest request{"plan-1", 7, 1, 3, {}};

  std::string refusals() {
    const auto begun = begin_plan(model.view(), facts, request);
    std::string out;
    if (const auto* list = std::get_if<std::vector<Refusal>>(&begun)) {
      for (const Refusal& refusal : *list) out += std::string(to_text(refusal.reason)) + " ";
    }
    return out;
  }
  void expect(Reason reason) {
    const std::string all = refusals();
    EXPECT_NE((" " + all).find(" " + std::string(to_text(reason)) + " "), std::string::npos)
        << "refused for: " << all;
  }
};

TEST_F(Preflight, AHealthyClusterMayShrinkAndTheJournalSaysHow) {
  const auto begun = begin_plan(model.view(), facts, request);
  const auto* journal = std::get_if<Journal>(&begun);
  ASSERT_NE(journal, nullptr) << refusals();
  EXPECT_EQ(journal->from_pods, 8);
  EXPECT_EQ(journal->to_pods, 6);
  EXPECT_EQ(journal->keep.size(), 3U);
  EXPECT_EQ(journal->victims, (std::vector<std::string>{model.ref(6), model.ref(7)}));
  EXPECT_EQ(journal->replica_migration_before, "yes");
}

TEST_F(Preflight, GoesOneShardAtATime) {
  request.to_shards = 9;
  const auto begun = begin_plan(model.view(), facts, request);
  EXPECT_EQ(std::get<Journal>(begun).to_pods, 10);
}

TEST_F(Preflight, WhatTheStatefulSetForbids) {
  facts.owner = "RedisCluster cache";
  expect(Reason::ForeignOwner);
  facts.owner.clear();
  facts.updating = true;
  expect(Reason::RollingUpdate);
  facts.updating = false;
  facts.disruptions_allowed = 0;
  expect(Reason::DisruptionBudget);
  facts.disruptions_allowed = 1;
  EXPECT_EQ(refusals(), "");
  facts.replicas = 7;
  expect(Reason::ReplicasEdited);
}

TEST_F(Preflight, FewerThanThreeMasters) {
  request.to_shards = 2;
  expect(Reason::TooFewMasters);
}

TEST_F(Preflight, APodThatDoesNotAnswerIsNeverAbsent) {
  model.at(2).silent = Refusal{Reason::WrongPassword, "#2", 0, "no"};
  expect(Reason::WrongPassword);
  model.at(2).silent->reason = Reason::ClusterModeOff;
  expect(Reason::ClusterModeOff);
  model.at(2).silent.reset();
  facts.replicas = 10;
  expect(Reason::PodMissing);
}

TEST_F(Preflight, AnUnhealthyNode) {
  model.at(1).cluster_ok = false;
  expect(Reason::ClusterNotOk);
  model.at(1).cluster_ok = true;
  model.at(1).loading = true;
  expect(Reason::NodeLoading);
  model.at(1).loading = false;
  model.at(3).fails.insert(model.at(1).id);
  expect(Reason::NodeFailing);
  model.at(3).fails.clear();
  model.at(3).greets.insert(model.at(1).id);
  expect(Reason::HandshakePending);
}

TEST_F(Preflight, MapsThatDisagreeAndSlotsWithoutAnOwner) {
  model.at(5).believes[9] = model.at(1).id;
  expect(Reason::MapsDisagree);
  model.at(5).believes.clear();
  model.at(1).slots.reset(5000);
  expect(Reason::SlotsUncovered);
}

TEST_F(Preflight, OpenSlots) {
  model.at(0).open.push_back({3, OpenSlot::Side::Migrating, model.at(1).id});
  expect(Reason::OpenSlotsOfOthers);
}

TEST_F(Preflight, AMasterWithoutAReplicaInSync) {
  model.at(5).link_up = false;
  EXPECT_EQ(refusals(), "") << "it is the one that goes";
  model.at(6).link_up = false;
  expect(Reason::ReplicaMissing);
  model.at(5).link_up = model.at(6).link_up = true;
  model.at(1).offset = 10'000'000;
  expect(Reason::ReplicaLagging);
}

TEST_F(Preflight, AReceiverThatWouldGetTooFull) {
  for (const int i : {0, 1, 2}) model.at(i).used = 74'000'000;
  EXPECT_EQ(refusals(), "");
  model.at(3).used = 30'000'000;
  expect(Reason::MemoryTooHigh);
  for (const int i : {0, 1, 2}) model.at(i).max = 0;
  expect(Reason::MemoryLimitUnknown);
}

TEST_F(Preflight, ANodeThatEvicts) {
  model.at(2).evicted = 50;
  request.evicted_before = {{model.at(2).id, 50}};
  EXPECT_EQ(refusals(), "");
  model.at(2).evicted = 51;
  expect(Reason::KeysEvicted);
}

TEST_F(Preflight, AStrangerAndAPodThatHasNotJoined) {
  model.nodes.pop_back();
  facts.replicas = 8;
  expect(Reason::PodMissing);
  RedisClusterModel fresh(4);
  fresh.nodes[1] = RedisClusterModel::fresh(77);
  model = fresh;
  expect(Reason::NotJoined);
}

TEST_F(Preflight, ALeftoverOfAPlanThatWasStoppedMayGo) {
  model.nodes[6] = RedisClusterModel::fresh(60);
  model.nodes[7] = RedisClusterModel::fresh(70);
  for (auto& node : model.nodes) {
    node.knows.erase(RedisClusterModel::fresh(6).id);
    node.knows.erase(RedisClusterModel::fresh(7).id);
  }
  // Masters 2 and 3 lost their replicas with pods 6 and 7: 4 and 5 stand in for two.
  EXPECT_NE(refusals().find("ReplicaMissing"), std::string::npos);
  EXPECT_EQ(refusals().find("NotJoined"), std::string::npos);
  model.at(7).keys = 4;
  expect(Reason::NotVirgin);
}

// The pods are there, but the plan ended before they had joined.
TEST_F(Preflight, APlanThatWasStoppedWhileItGrewIsGoneOnWith) {
  model = RedisClusterModel(3);
  model.add_pod();
  model.add_pod();
  facts = model.facts();
  for (const int wanted : {4, 5}) {
    request.to_shards = wanted;
    const auto begun = begin_plan(model.view(), facts, request);
    const auto* journal = std::get_if<Journal>(&begun);
    ASSERT_NE(journal, nullptr) << refusals();
    EXPECT_EQ(journal->direction, Direction::Up);
    EXPECT_EQ(journal->from_pods, 6);
    EXPECT_EQ(journal->to_pods, 8) << "first what is there already";
    const SlotWeights none;
    const Step first = next_step(*journal, model.view(), {facts, none, WallTime{}});
    EXPECT_EQ(name_of(first.action), "Meet") << describe(first.action);
  }
  model.at(7).keys = 4;
  expect(Reason::NotVirgin);
}

// A master was taken over from while it was closing slots: it kept those and its replica has the
// rest, both alone.
TEST_F(Preflight, AShardThatFellApartIsGivenReplicasFirstWhereThereAreAny) {
  for (Slot slot = 9000; slot < 10'000; ++slot) {
    model.at(2).slots.reset(slot);
    model.at(6).slots.set(slot);
  }
  model.at(6).master_id.clear();
  request.to_shards = 4;
  expect(Reason::ReplicaMissing);
  // Shard 3 was on its way to shard 0, and is two replicas of it now.
  model.at(0).slots |= std::exchange(model.at(3).slots, {});
  model.at(3).master_id = model.at(7).master_id = model.at(0).id;
  EXPECT_EQ(refusals(), "");
  auto journal = std::get<Journal>(begin_plan(model.view(), facts, request));
  for (auto& node : model.nodes) node.replica_migration = false;
  for (const int lonely : {2, 6}) {
    const Step next = next_step(journal, model.view(), {facts, {}, WallTime{}});
    journal = next.journal;
    const auto& change = std::get<Replicate>(next.action);
    EXPECT_EQ(change.master_id, model.at(lonely).id);
    model.at(model.view().find(change.node.id)->pod.ordinal).master_id = change.master_id;
  }
}

TEST_F(Preflight, AMasterThatGoesMayBeAlone) {
  for (Slot slot = 9000; slot < 10'000; ++slot) {
    model.at(1).slots.set(slot);
    model.at(2).slots.reset(slot);
  }
  std::swap(model.at(2).slots, model.at(6).slots);  // pod 6 goes
  model.at(6).master_id.clear();
  model.at(2).master_id = model.at(1).id;
  EXPECT_EQ(refusals(), "");
}

}  // namespace
}  // namespace evalscaler::redis
