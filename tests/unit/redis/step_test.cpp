// SPDX-License-Identifier: Apache-2.0
// Single steps from states that a crash, a fault or a person may leave behind.
#include "redis/step.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "fakes/redis_cluster_model.hpp"
#include "redis/preflight.hpp"

namespace evalscaler::redis {
namespace {

using fakes::ModelNode;
using fakes::RedisClusterModel;

const WallTime kNow{std::chrono::hours(500'000)};

// Four shards of which the last (pods 3 and 7; pods 6 and 7 will go) is to be given up.
class StepTest : public ::testing::Test {
 protected:
  StepTest() {
    const auto begun = begin_plan(model.view(), model.facts(), {"plan-1", 1, 1, 3, {}});
    journal = std::get<Journal>(begun);
    for (auto& node : model.nodes) node.replica_migration = false;
  }
  Step step(Intent intent = Intent::Continue) {
    const StatefulSetFacts facts = model.facts();
    return next_step(journal, model.view(), {facts, {}, kNow, intent});
  }
  std::string held() {
    const Step next = step();
    const auto* hold = std::get_if<Hold>(&next.action);
    return hold != nullptr ? std::string(to_text(hold->why.reason)) : describe(next.action);
  }
  // What the first step that moves something asks for.
  MoveSlots first_move() {
    Step next = step();
    journal = next.journal;
    return std::get<MoveSlots>(next.action);
  }

  RedisClusterModel model{4};
  Journal journal;
};

TEST_F(StepTest, ReplicasAreHeldStillBeforeAnythingMoves) {
  model.at(2).replica_migration = true;
  const Step next = step();
  const auto& set = std::get<SetConfig>(next.action);
  EXPECT_EQ(set.value, "no");
  ASSERT_EQ(set.nodes.size(), 1U);
  EXPECT_EQ(set.nodes[0].id, model.at(2).id);
}

TEST_F(StepTest, ABatchIsJournalledWithTheStepThatBeginsIt) {
  const Step next = step();
  const auto& move = std::get<MoveSlots>(next.action);
  EXPECT_TRUE(journal.batch.empty());
  EXPECT_FALSE(next.journal.batch.empty());
  for (const Slot slot : move.slots) {
    EXPECT_TRUE(std::string_view(move.target.id).starts_with(next.journal.target_of(slot)));
  }
}

TEST_F(StepTest, TheSameJournalAndViewGiveTheSameStep) {
  const Step a = step();
  const Step b = step();
  EXPECT_EQ(a.journal, b.journal);
  EXPECT_EQ(describe(a.action), describe(b.action));
}

TEST_F(StepTest, AnOpenSlotOfTheBatchGoesOnFirstToTheSameTarget) {
  const MoveSlots move = first_move();
  const Slot last = move.slots.back();
  ModelNode& target = model.at(model.view().find(move.target.id)->pod.ordinal);
  target.open.push_back({last, OpenSlot::Side::Importing, move.source.id});
  const MoveSlots again = first_move();
  EXPECT_EQ(again.slots.front(), last);
  EXPECT_EQ(again.target.id, move.target.id);
}

TEST_F(StepTest, ASlotThatItsTargetOwnsAlreadyIsFinishedEverywhere) {
  const MoveSlots move = first_move();
  const Slot slot = move.slots.front();
  ModelNode& source = model.at(model.view().find(move.source.id)->pod.ordinal);
  ModelNode& target = model.at(model.view().find(move.target.id)->pod.ordinal);
  source.slots.reset(slot);
  target.slots.set(slot);
  source.open.push_back({slot, OpenSlot::Side::Migrating, move.target.id});
  const Step next = step();
  const auto& finish = std::get<FinishSlots>(next.action);
  EXPECT_EQ(finish.slots, (std::vector<Slot>{slot}));
  EXPECT_EQ(finish.target.id, move.target.id);
  ASSERT_TRUE(finish.source);
  EXPECT_EQ(finish.source->id, move.source.id);
}

TEST_F(StepTest, AnOpenSlotThatIsNotInTheJournalHoldsThePlan) {
  first_move();
  model.at(0).open.push_back({1, OpenSlot::Side::Importing, model.at(3).id});
  EXPECT_EQ(held(), "OpenSlotsOfOthers");
}

TEST_F(StepTest, AnOpenSlotOnItsWayToAnotherTargetHoldsThePlan) {
  const MoveSlots move = first_move();
  const std::string other = move.target.id == model.at(0).id ? model.at(1).id : model.at(0).id;
  model.at(3).open.push_back({move.slots.front(), OpenSlot::Side::Migrating, other});
  EXPECT_EQ(held(), "OpenSlotsOfOthers");
}

TEST_F(StepTest, WhoTookOverFromAMasterThatIsLostForGoodStaysInItsPlace) {
  const std::string lost = model.at(0).id;
  ASSERT_TRUE(journal.keeps(lost));
  const std::string heir(40, 'e');
  model.at(0).id = heir;
  for (ModelNode& node : model.nodes) {
    if (node.knows.erase(lost) != 0) node.knows.insert(heir);
    if (node.master_id == lost) node.master_id = heir;
  }
  const Step next = step();
  EXPECT_TRUE(next.journal.keeps(heir));
  EXPECT_FALSE(next.journal.keeps(lost));
  EXPECT_EQ(next.journal.keep.size(), 3U);
  const auto* move = std::get_if<MoveSlots>(&next.action);
  ASSERT_NE(move, nullptr) << describe(next.action);
  EXPECT_NE(move->source.id, heir) << "it is drained";
}

TEST_F(StepTest, ATargetThatDoesNotSeeTheSourceAsOwnerOfWhatItImportsIsMisled) {
  const MoveSlots move = first_move();
  EXPECT_TRUE(move.misled.empty());
  const Slot slot = move.slots.front();
  ModelNode& target = model.at(model.view().find(move.target.id)->pod.ordinal);
  target.open.push_back({slot, OpenSlot::Side::Importing, move.source.id});
  EXPECT_TRUE(first_move().misled.empty());
  target.believes[slot] = "";
  EXPECT_EQ(first_move().misled, std::vector<Slot>{slot});
}

TEST_F(StepTest, ASlotOfTheBatchThatNobodyOwnsHoldsThePlan) {
  const MoveSlots move = first_move();
  model.at(3).slots.reset(move.slots.front());
  EXPECT_EQ(held(), "SlotsUncovered");
}

TEST_F(StepTest, ANodeThatDoesNotAnswerStopsEverything) {
  model.at(1).silent = Refusal{Reason::NodeUnreachable, "#1", 0, "pod #1: no answer"};
  EXPECT_EQ(held(), "wait: pod #1: no answer");
}

TEST_F(StepTest, APodThatRefusesUsIsToldOfAtOnceOneThatIsSilentIsWaitedFor) {
  for (const Reason reason :
       {Reason::WrongPassword, Reason::NotPermitted, Reason::ClusterModeOff}) {
    model.at(1).silent = Refusal{reason, "#1", 0, "pod #1 refuses"};
    EXPECT_EQ(held(), to_text(reason));
  }
  model.at(1).silent = Refusal{Reason::NodeLoading, "#1", 0, "pod #1 loads its data"};
  const Step next = step();
  EXPECT_TRUE(std::holds_alternative<Wait>(next.action)) << describe(next.action);
}

TEST_F(StepTest, AStatefulSetMadeAnewAroundTheSameNodesIsGoneOnWith) {
  journal.stateful_set_uid = "uid-0";
  const Step next = step();
  EXPECT_EQ(next.journal.stateful_set_uid, "uid-1") << "and the journal says so first";
  EXPECT_TRUE(std::holds_alternative<MoveSlots>(next.action)) << describe(next.action);
}

TEST_F(StepTest, AnotherClusterOfTheSameNameIsNotTouchedAndThePlanCanBeGivenUp) {
  journal.stateful_set_uid = "uid-0";
  for (auto* refs : {&journal.keep, &journal.victims}) {
    for (std::string& ref : *refs) ref = std::string(ref.size(), 'f');
  }
  EXPECT_EQ(held(), "OtherStatefulSet");
  EXPECT_TRUE(std::holds_alternative<Done>(step(Intent::Stop).action));
  model.at(1).silent = Refusal{Reason::NodeUnreachable, "#1", 0, "pod #1: no answer"};
  EXPECT_EQ(held(), "wait: pod #1: no answer") << "it may be one of ours";
  EXPECT_TRUE(std::holds_alternative<Wait>(step(Intent::Stop).action));
}

TEST_F(StepTest, ReplicasThatSomebodyElseSetHoldThePlan) {
  StatefulSetFacts facts = model.facts();
  facts.replicas = 5;
  const Step next = next_step(journal, model.view(), {facts, {}, kNow});
  EXPECT_EQ(to_text(std::get<Hold>(next.action).why.reason), "ReplicasEdited");
}

TEST_F(StepTest, StoppingFinishesOnlyWhatIsOpen) {
  const MoveSlots move = first_move();
  const Slot open = move.slots.back();
  model.at(3).open.push_back({open, OpenSlot::Side::Migrating, move.target.id});
  const Step next = step(Intent::Stop);
  EXPECT_EQ(std::get<MoveSlots>(next.action).slots, (std::vector<Slot>{open}));
  model.at(3).open.clear();
  const Step restore = step(Intent::Stop);
  EXPECT_EQ(std::get<SetConfig>(restore.action).value, "yes");
  for (auto& node : model.nodes) node.replica_migration = true;
  EXPECT_TRUE(std::holds_alternative<Done>(step(Intent::Stop).action));
}

// Half of the nodes know it and half do not: that is not whole, and never agrees by itself.
TEST_F(StepTest, StoppingWhileNodesForgetFinishesForgetting) {
  model.at(6).keys = model.at(7).keys = 0;
  model.at(0).knows.erase(model.at(7).id);
  const Step next = step(Intent::Stop);
  const auto* forget = std::get_if<Forget>(&next.action);
  ASSERT_NE(forget, nullptr) << describe(next.action);
  EXPECT_NE(std::find(forget->ids.begin(), forget->ids.end(), model.at(7).id), forget->ids.end());
}

TEST_F(StepTest, AVictimWithKeysInNoSlotIsNeverReset) {
  model.at(0).slots |= model.at(3).slots;
  model.at(3).slots.reset();
  model.at(3).keys = 0;
  model.at(6).master_id.clear();  // it has no slot, but keys of somebody
  model.at(6).keys = 5;
  model.at(3).master_id = model.at(2).id;
  journal.verified_since = kNow - std::chrono::hours(1);
  const Step next = step();
  EXPECT_EQ(next.journal.taken_back_from, model.ref(6)) << "journalled first";
  journal = next.journal;
  const Step then = step();
  const auto& back = std::get<TakeBack>(then.action);
  EXPECT_EQ(then.journal, journal);
  EXPECT_EQ(back.holder.id, model.at(6).id);
  EXPECT_EQ(back.owners.size(), 3U);
  model.at(6).keys = 0;
  EXPECT_EQ(step().journal.taken_back_from, "");
}

TEST_F(StepTest, MarksOfKeysThatAreTakenBackAreOursAndTakenOffBeforeStopping) {
  model.at(0).slots |= model.at(3).slots;
  model.at(3).slots.reset();
  model.at(3).keys = model.at(7).keys = 0;
  model.at(3).open.push_back({16'000, OpenSlot::Side::Importing, model.at(0).id});
  EXPECT_EQ(held(), "OpenSlotsOfOthers");
  journal.taken_back_from = model.ref(3);
  const Step next = step(Intent::Stop);
  const auto* back = std::get_if<TakeBack>(&next.action);
  ASSERT_NE(back, nullptr) << describe(next.action);
  EXPECT_EQ(back->open, (std::vector<Slot>{16'000}));
}

TEST(StepUp, AMasterThatTookOverIsHandedBack) {
  RedisClusterModel model(3);
  Journal journal =
      std::get<Journal>(begin_plan(model.view(), model.facts(), {"plan-1", 1, 1, 3, {}}));
  journal.keep = {model.ref(0), model.ref(1), model.ref(2)};
  for (auto& node : model.nodes) node.replica_migration = false;
  std::swap(model.at(0).slots, model.at(3).slots);
  model.at(3).master_id.clear();
  model.at(0).master_id = model.at(3).id;
  const StatefulSetFacts facts = model.facts();
  const Step next = next_step(journal, model.view(), {facts, {}, kNow});
  EXPECT_EQ(std::get<Failover>(next.action).replica.id, model.at(0).id);
}

TEST(StepUp, ANewPodOfAnotherClusterIsNotIntroduced) {
  RedisClusterModel model(3);
  const Journal journal =
      std::get<Journal>(begin_plan(model.view(), model.facts(), {"plan-1", 1, 1, 4, {}}));
  model.add_pod();
  model.add_pod();
  model.at(6).keys = 3;
  const StatefulSetFacts facts = model.facts();
  const Step next = next_step(journal, model.view(), {facts, {}, kNow});
  EXPECT_EQ(to_text(std::get<Hold>(next.action).why.reason), "NotVirgin");
}

}  // namespace
}  // namespace evalscaler::redis
