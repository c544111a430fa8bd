// SPDX-License-Identifier: Apache-2.0
#include "targets/redis_cluster/plan_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/redis_cluster_model.hpp"
#include "redis/preflight.hpp"

namespace evalscaler::targets {
namespace {

using redis::Reason;
using redis::Refusal;
using testing::ElementsAre;

redis::Wait wait_for(Reason reason) {
  return {Refusal{reason, "#1", 0, "because"}};
}

TEST(PlanText, EachActionBelongsToAPhase) {
  EXPECT_EQ(phase_of(redis::SetConfig{{}, "no"}, "Preflight"), "Prepare");
  EXPECT_EQ(phase_of(redis::SetConfig{{}, "yes"}, "Verify"), "Finish");
  EXPECT_EQ(phase_of(redis::Meet{}, "Grow"), "Join");
  EXPECT_EQ(phase_of(redis::MoveSlots{}, "Join"), "MoveSlots");
  EXPECT_EQ(phase_of(redis::FinishSlots{}, "MoveSlots"), "MoveSlots");
  EXPECT_EQ(phase_of(redis::ResetSoft{}, "MoveSlots"), "Forget");
  EXPECT_EQ(phase_of(redis::GrowStatefulSet{}, "Preflight"), "Grow");
}

TEST(PlanText, WaitingStaysInThePhaseThatWasReachedUnlessItIsAPhaseItself) {
  EXPECT_EQ(phase_of(wait_for(Reason::Verifying), "MoveSlots"), "Verify");
  EXPECT_EQ(phase_of(wait_for(Reason::PodsStarting), "Prepare"), "Grow");
  EXPECT_EQ(phase_of(wait_for(Reason::ReplicaSyncing), "Join"), "PlaceReplicas");
  EXPECT_EQ(phase_of(wait_for(Reason::NodeFailing), "MoveSlots"), "MoveSlots");
  EXPECT_EQ(phase_of(redis::Hold{{Reason::KeyTooLarge, "", 0, ""}}, "MoveSlots"), "MoveSlots");
  EXPECT_EQ(phase_of(wait_for(Reason::NodeFailing), "Preflight"), "Prepare") << "it has begun";
}

TEST(PlanText, SaysTheFirstReasonAndAFewMessagesInOneBoundedLine) {
  api::PlanStatus plan;
  tell({{Reason::NodeUnreachable, "#2", 0, "pod #2 does not answer"},
        {Reason::ReplicaMissing, "#0", 0, "master #0 has no\nreplica in sync"}},
       plan);
  EXPECT_EQ(plan.reason, "NodeUnreachable");
  EXPECT_EQ(plan.message, "pod #2 does not answer; master #0 has no replica in sync");
  tell(std::vector<Refusal>(1000, {Reason::NodeFailing, "#1", 0, "pod #1 fails"}), plan);
  EXPECT_EQ(plan.message, "pod #1 fails; pod #1 fails; pod #1 fails; and 997 more");
  tell({{Reason::NodeFailing, "#1", 0, std::string(5000, 'x')}}, plan);
  EXPECT_LE(plan.message.size(), 520U);
}

TEST(PlanText, SlotsOfTheBatchCountOnceTheirTargetOwnsThem) {
  fakes::RedisClusterModel model(4);
  redis::Journal journal;
  journal.moved_slots = 1000;
  journal.total_slots = 4096;
  const std::string target = redis::node_ref(model.at(0).id);
  journal.batch = {{{{12288, 12387}}, target}};  // of pod 3
  api::PlanStatus plan;
  measure(model.view(), journal, plan);
  EXPECT_EQ(plan.progress.slots_moved, 1000);
  for (std::size_t slot = 12288; slot < 12318; ++slot) {
    model.at(3).slots.reset(slot);
    model.at(0).slots.set(slot);
  }
  measure(model.view(), journal, plan);
  EXPECT_EQ(plan.progress.slots_moved, 1030);
  EXPECT_EQ(plan.progress.slots_total, 4096);
}

TEST(PlanText, ProgressStandsWhileATargetDoesNotAnswer) {
  fakes::RedisClusterModel model(4);
  redis::Journal journal;
  journal.moved_slots = 1000;
  journal.batch = {{{{12288, 12387}}, redis::node_ref(model.at(0).id)}};
  model.at(0).silent = Refusal{Reason::WrongPassword, "#0", 0, "refuses"};
  api::PlanStatus plan;
  plan.progress.slots_moved = 1050;
  plan.progress.slots_total = 4096;
  measure(model.view(), journal, plan);
  EXPECT_EQ(plan.progress.slots_moved, 1050);
  EXPECT_EQ(plan.progress.slots_total, 4096);
}

TEST(PlanText, MoreThanWasPlannedMovesTheTotalAndNotTheShareBeyondAll) {
  const fakes::RedisClusterModel model(3);
  redis::Journal journal;
  journal.moved_slots = 5000;
  journal.total_slots = 4096;
  api::PlanStatus plan;
  measure(model.view(), journal, plan);
  EXPECT_EQ(plan.progress.slots_total, 5000);
}

TEST(PlanText, TheTimeLeftIsRoundedUpAndOnlySaidWhereThereIsARate) {
  api::PlanProgress progress;
  progress.slots_moved = 1;
  progress.slots_total = 1002;
  set_eta(progress);
  EXPECT_EQ(progress.eta_seconds, std::nullopt);
  progress.slots_per_second = 500;
  set_eta(progress);
  EXPECT_EQ(progress.eta_seconds, 3);
  progress.slots_moved = 1002;
  set_eta(progress);
  EXPECT_EQ(progress.eta_seconds, std::nullopt) << "nothing is left";
}

TEST(PlanText, WhatGoesOnFailingIsToldWithTheActionAndTheAnswer) {
  const redis::Action reset = redis::ResetSoft{{"abc", {"h", 1}}};
  const redis::Refusal refused = failure_of(reset, fail(ErrorKind::Conflict, "ERR no"));
  EXPECT_EQ(refused.reason, redis::Reason::CommandRefused);
  EXPECT_EQ(refused.message, redis::describe(reset) + ": ERR no");
  EXPECT_EQ(failure_of(reset, fail(ErrorKind::OutcomeUnknown, "no answer")).reason,
            redis::Reason::NodeUnreachable);
  EXPECT_EQ(failure_of(redis::GrowStatefulSet{8}, fail(ErrorKind::Forbidden, "no right")).reason,
            redis::Reason::ScaleRefused);
}

TEST(PlanText, AShrinkIsForetoldWithWhoLeavesAndThatOthersFollow) {
  fakes::RedisClusterModel model(5);
  const auto begun = redis::begin_plan(model.view(), model.facts(), {"p", 1, 1, 3, {}});
  const auto& journal = std::get<redis::Journal>(begun);
  api::Tier tier;
  tier.redis_cluster.emplace();
  api::PlanPreview preview;
  preview.from = 5;
  preview.to = 4;
  preview.wanted = 3;
  const redis::SlotWeights even(redis::kSlotCount, 1);
  foretell(journal, model.view(), even, {{"ml", "cache"}, &tier, {}}, preview);
  EXPECT_THAT(preview.leaving, ElementsAre("cache-8, a replica", "cache-9, a replica"));
  EXPECT_THAT(preview.notes,
              ElementsAre("one shard at a time: this is the plan from 5 to 4, others follow until "
                          "there are 3"));
}

}  // namespace
}  // namespace evalscaler::targets
