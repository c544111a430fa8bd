// SPDX-License-Identifier: Apache-2.0
// Whole plans on the model, with every action cut short at a random point and the journal
// sometimes one step behind: the same end is reached, and never past something to lose.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "fakes/redis_cluster_model.hpp"
#include "redis/preflight.hpp"
#include "redis/step.hpp"

namespace evalscaler::redis {
namespace {

using fakes::ModelNode;
using fakes::RedisClusterModel;

class Walk {
 public:
  Walk(int shards, unsigned seed) : model_(shards), random_(seed) {}

  // Number of steps, or 0 if there was no end within 3,000.
  int to(int shards) {
    auto begun = begin_plan(model_.view(), model_.facts(), {"plan-1", 1, 1, shards, {}});
    if (const auto* refused = std::get_if<std::vector<Refusal>>(&begun)) {
      ADD_FAILURE() << refused->front().message;
      return 0;
    }
    Journal& journal = journal_ = std::get<Journal>(begun);
    for (int steps = 1; steps < 3'000; ++steps) {
      now_ += std::chrono::milliseconds(100);
      const StatefulSetFacts facts = model_.facts();
      Step step = next_step(journal, model_.view(), {facts, weights(), now_});
      if (const auto* hold = std::get_if<Hold>(&step.action)) {
        ADD_FAILURE() << "held: " << hold->why.message;
        return 0;
      }
      if (std::holds_alternative<Done>(step.action)) return steps;
      // Killed before the journal was stored: nothing else has happened either.
      if (chance(10)) continue;
      journal = step.journal;
      std::visit([&](const auto& action) { apply(action); }, step.action);
    }
    return 0;
  }

  const RedisClusterModel& model() const { return model_; }
  const Journal& journal() const { return journal_; }
  // Other slots are heavy at every look, as if keys came and went all the time.
  void make_weights_restless() { restless_ = true; }

 private:
  SlotWeights weights() {
    if (!restless_) return {};
    SlotWeights out(kSlotCount);
    for (auto& weight : out) weight = random_() % 1'000;
    const std::size_t heavy = random_() % 12;
    for (std::size_t i = 0; i < 1'200; ++i) out[heavy * 1'365 + i] *= 3;
    return out;
  }
  bool chance(unsigned percent) { return random_() % 100 < percent; }
  // Now and then, within the couple of hundred slots of a visit.
  bool cut() { return random_() % 1'000 < 2; }
  ModelNode& node(const std::string& id) {
    return *std::find_if(model_.nodes.begin(), model_.nodes.end(),
                         [&](const ModelNode& entry) { return entry.id == id; });
  }

  void apply(const SetConfig& action) {
    for (const NodePlace& place : action.nodes) {
      if (chance(30)) return;
      node(place.id).replica_migration = action.value != "no";
    }
  }
  void apply(const Meet& action) {
    for (const NodePlace& place : action.newcomers) {
      if (chance(30)) return;
      RedisClusterModel::link(node(action.via.id), node(place.id));
      // Gossip does the rest, sooner or later.
      for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
        if (!model_.nodes[i].knows.empty()) model_.join(static_cast<int>(i));
      }
    }
  }
  void apply(const Replicate& action) {
    ModelNode& replica = node(action.node.id);
    EXPECT_TRUE(replica.slots.none());
    EXPECT_TRUE(!replica.master_id.empty() || replica.keys == 0) << "keys thrown away";
    replica.master_id = action.master_id;
    replica.keys = node(action.master_id).keys;
  }
  void apply(const Failover& action) {
    ModelNode& replica = node(action.replica.id);
    ModelNode& master = node(replica.master_id);
    std::swap(replica.slots, master.slots);
    for (ModelNode& entry : model_.nodes) {
      if (entry.master_id == master.id) entry.master_id = replica.id;
    }
    master.master_id = replica.id;
    replica.master_id.clear();
  }
  void apply(const MoveSlots& action) {
    move_some(action);
    share_keys();
  }
  void move_some(const MoveSlots& action) {
    ModelNode& source = node(action.source.id);
    ModelNode& target = node(action.target.id);
    for (const Slot slot : action.slots) {
      if (cut()) return;
      open(target, slot, OpenSlot::Side::Importing, source.id);
      if (cut()) return;
      open(source, slot, OpenSlot::Side::Migrating, target.id);
      if (cut()) return;
      source.slots.reset(slot);
      target.slots.set(slot);
      close(target, slot);
      if (cut()) return;
      close(source, slot);
    }
  }
  void apply(const FinishSlots& action) {
    for (const Slot slot : action.slots) {
      close(node(action.target.id), slot);
      if (chance(20)) return;
      if (action.source) close(node(action.source->id), slot);
    }
  }
  void apply(const TakeBack& action) { node(action.holder.id).keys = 0; }
  void apply(const Forget& action) {
    for (const std::string& id : action.ids) {
      EXPECT_TRUE(node(id).slots.none());
      for (const NodePlace& by : action.by) {
        if (chance(20)) return;
        node(by.id).knows.erase(id);
      }
    }
  }
  void apply(const ResetSoft& action) {
    ModelNode& reset = node(action.node.id);
    EXPECT_TRUE(reset.slots.none());
    EXPECT_TRUE(!reset.master_id.empty() || reset.keys == 0);
    reset.master_id.clear();
    reset.keys = 0;
    reset.knows.clear();
  }
  void apply(const GrowStatefulSet& action) {
    while (static_cast<int>(model_.nodes.size()) < action.to_pods) model_.add_pod();
  }
  void apply(const ShrinkStatefulSet& action) {
    while (static_cast<int>(model_.nodes.size()) > action.proof.to_pods()) {
      EXPECT_TRUE(model_.nodes.back().slots.none());
      EXPECT_EQ(model_.nodes.back().keys, 0);
      model_.nodes.pop_back();
    }
  }
  void apply(const Wait&) {}
  void apply(const Hold&) {}
  void apply(const Done&) {}

  static void open(ModelNode& on, Slot slot, OpenSlot::Side side, const std::string& other) {
    close(on, slot);
    on.open.push_back({slot, side, other});
  }
  static void close(ModelNode& on, Slot slot) {
    std::erase_if(on.open, [&](const OpenSlot& entry) { return entry.slot == slot; });
  }
  // As many keys as slots; replicas have their master's.
  void share_keys() {
    for (ModelNode& entry : model_.nodes) {
      const ModelNode& owner = entry.master_id.empty() ? entry : node(entry.master_id);
      entry.keys = static_cast<std::int64_t>(owner.slots.count());
    }
  }

  RedisClusterModel model_;
  Journal journal_;
  bool restless_ = false;
  std::mt19937 random_;
  WallTime now_{std::chrono::hours(500'000)};
};

TEST(PlanWalk, ReachesItsEndHoweverOftenItIsCutShort) {
  for (unsigned seed = 1; seed <= 2; ++seed) {
    SCOPED_TRACE(seed);
    Walk walk(3, seed);
    ASSERT_GT(walk.to(4), 0);
    EXPECT_FALSE(walk.model().view().coverage());
    EXPECT_FALSE(walk.model().view().disagreement());
    ASSERT_GT(walk.to(3), 0);
    const ClusterView end = walk.model().view();
    EXPECT_EQ(end.members().size(), 6U);
    EXPECT_FALSE(end.coverage());
    EXPECT_TRUE(end.open_slots().empty());
    for (const Member& member : end.members()) {
      EXPECT_TRUE(member.report->replica_migration);
      if (member.report->master) {
        EXPECT_EQ(end.replicas_of(member.report->id()).size(), 1U) << member.name();
      }
    }
  }
}

TEST(PlanWalk, GrowingEndsThoughWeightsNeverComeToRest) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    Walk walk(3, seed);
    walk.make_weights_restless();
    EXPECT_GT(walk.to(4), 0) << "seed " << seed;
    const Journal& journal = walk.journal();
    EXPECT_EQ(journal.moved_slots, journal.total_slots);
    EXPECT_LT(journal.moved_slots, kSlotCount / 3) << "it moved slots to and fro";
    EXPECT_TRUE(walk.model().nodes[6].slots.any() || walk.model().nodes[7].slots.any());
  }
}

}  // namespace
}  // namespace evalscaler::redis
