// SPDX-License-Identifier: Apache-2.0
// Open slots of which one end, or both, were taken over from by a replica.
#include "redis/slot_steps.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "fakes/redis_cluster_model.hpp"
#include "redis/preflight.hpp"
#include "redis/step.hpp"

namespace evalscaler::redis {
namespace {

using fakes::ModelNode;
using fakes::RedisClusterModel;

const WallTime kNow{std::chrono::hours(500'000)};

// The last of four shards is given up, and its first slots are on their way.
class TakeOver : public ::testing::Test {
 protected:
  TakeOver() {
    journal = std::get<Journal>(begin_plan(model.view(), model.facts(), {"plan-1", 1, 1, 3, {}}));
    for (auto& node : model.nodes) node.replica_migration = false;
    Step first = step(Intent::Continue);
    journal = first.journal;
    const auto& move = std::get<MoveSlots>(first.action);
    slot = move.slots.front();
    source = model.view().find(move.source.id)->pod.ordinal;
    target = model.view().find(move.target.id)->pod.ordinal;
    model.at(source).open.push_back({slot, OpenSlot::Side::Migrating, model.at(target).id});
    model.at(target).open.push_back({slot, OpenSlot::Side::Importing, model.at(source).id});
  }
  Step step(Intent intent, const SlotSet& begun = {}) {
    const StatefulSetFacts facts = model.facts();
    return next_step(journal, model.view(), {facts, {}, kNow, intent, begun});
  }
  // Its replica, now the master, knows of no mark.
  int taken_over(int master) {
    const int heir = master + 4;
    std::swap(model.at(master).slots, model.at(heir).slots);
    model.at(heir).master_id.clear();
    model.at(master).master_id = model.at(heir).id;
    model.at(master).open.clear();
    return heir;
  }

  RedisClusterModel model{4};
  Journal journal;
  Slot slot = 0;
  int source = 0;
  int target = 0;
};

TEST_F(TakeOver, AStoppedPlanGoesOnToTheHeirOfItsTargetAndJournalsItFirst) {
  const int heir = taken_over(target);
  const Step next = step(Intent::Stop);
  EXPECT_EQ(next.journal.target_of(slot), model.ref(heir));
  EXPECT_NE(next.journal, journal);
  const auto& move = std::get<MoveSlots>(next.action);
  EXPECT_EQ(move.target.id, model.at(heir).id);
  EXPECT_EQ(move.source.id, model.at(source).id);
  EXPECT_EQ(move.slots, (std::vector<Slot>{slot}));
}

TEST_F(TakeOver, TheMarkAtTheSourceIsStillOursWhenTheJournalNamesTheHeir) {
  const int heir = taken_over(target);
  journal = step(Intent::Stop).journal;
  const Step next = step(Intent::Stop);
  EXPECT_EQ(next.journal, journal);
  EXPECT_EQ(std::get<MoveSlots>(next.action).target.id, model.at(heir).id);
}

TEST_F(TakeOver, AnImportMarkOfTheHeirIsOurs) {
  const int heir = taken_over(target);
  model.at(source).open.clear();
  model.at(heir).open.push_back({slot, OpenSlot::Side::Importing, model.at(source).id});
  EXPECT_FALSE(foreign_slot(journal, model.view()));
}

TEST_F(TakeOver, WhileThePlanGoesOnTheTargetIsHandedBackWhatItHad) {
  taken_over(target);
  const Step next = step(Intent::Continue);
  EXPECT_EQ(next.journal, journal);
  EXPECT_EQ(std::get<Failover>(next.action).replica.id, model.at(target).id);
}

// The plan was to stop, its slots went on to the heir, and then it was to go on after all.
TEST_F(TakeOver, AnHeirThatHandedEverythingBackIsNoTargetAnyMore) {
  const int heir = taken_over(target);
  journal = step(Intent::Stop).journal;
  std::swap(model.at(target).slots, model.at(heir).slots);
  model.at(target).master_id.clear();
  model.at(heir).master_id = model.at(target).id;
  const Step next = step(Intent::Continue);
  EXPECT_EQ(next.journal.target_of(slot), model.ref(target));
  EXPECT_EQ(std::get<MoveSlots>(next.action).target.id, model.at(target).id);
}

TEST_F(TakeOver, ASourceThatWasTakenOverFromIsGoneOnWithAtItsHeir) {
  const int heir = taken_over(source);
  const Step next = step(Intent::Stop);
  const auto& move = std::get<MoveSlots>(next.action);
  EXPECT_EQ(move.source.id, model.at(heir).id);
  EXPECT_EQ(move.target.id, model.at(target).id);
  EXPECT_EQ(move.slots, (std::vector<Slot>{slot}));
}

TEST_F(TakeOver, KeysAtTheHeirTellOfABegunMoveWhereBothMarksAreGone) {
  const int heir = taken_over(target);
  model.at(source).open.clear();
  EXPECT_TRUE(std::holds_alternative<SetConfig>(step(Intent::Stop).action)) << "not asked about";
  SlotSet begun;
  begun.set(slot);
  const Step next = step(Intent::Stop, begun);
  const auto& move = std::get<MoveSlots>(next.action);
  EXPECT_EQ(move.target.id, model.at(heir).id);
  EXPECT_EQ(move.slots, (std::vector<Slot>{slot}));
}

TEST_F(TakeOver, ANodeThatIsNotInTheViewHasNoHeir) {
  EXPECT_EQ(heir_of(model.view(), "0123456789abcdef"), nullptr);
  const int heir = taken_over(target);
  const ClusterView view = model.view();
  EXPECT_EQ(heir_of(view, model.ref(target)), view.at(heir));
  EXPECT_EQ(heir_of(view, model.ref(heir)), view.at(heir));
}

}  // namespace
}  // namespace evalscaler::redis
