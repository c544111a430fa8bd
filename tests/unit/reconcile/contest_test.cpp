// SPDX-License-Identifier: Apache-2.0
// Somebody else sets the replicas: what a tier makes of it, visit after visit.
#include "reconcile/reconciler.hpp"
#include "unit/reconcile/visit_fixture.hpp"

namespace evalscaler::reconcile {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using Writes = std::vector<std::string>;

class ContestTest : public VisitFixture {
 protected:
  ContestTest() { tier().threshold->scale_up.cooldown = seconds(60); }

  void somebody_sets(api::Replicas replicas, const std::string& manager = "argocd") {
    target_.seen.spec_replicas = target_.seen.ready_replicas = replicas;
    target_.seen.last_writer = api::ReplicasWriter{manager, std::nullopt};
  }
  // The metrics ask for 8; we go there, and somebody goes back.
  void scale_and_be_reversed() {
    clock_.advance(minutes(5));
    evaluate();
    ASSERT_EQ(target_.seen.spec_replicas, 8);
    somebody_sets(5);
    evaluate();
  }
  std::size_t reversals() const {
    const auto& contest = status().tiers[0].contest;
    return contest ? contest->reversals.size() : 0;
  }
};

TEST_F(ContestTest, OneForeignWriteIsTakenAndStartsTheCooldown) {
  warm_up();
  readings_.set("cpu", 10);
  somebody_sets(12, "kubectl");
  evaluate();
  EXPECT_EQ(status().tiers[0].current, 12);
  EXPECT_EQ(status().tiers[0].last_scale_up, clock_.wall());
  EXPECT_FALSE(status().tiers[0].contest) << "it undid nothing of ours";
  EXPECT_EQ(condition("ScalingLimited"), "True/CooldownDown");
  make_reconciler();
  evaluate();
  evaluate();
  evaluate_quietly();
  EXPECT_EQ(condition("ScalingLimited"), "True/CooldownDown") << "also across a restart";
  EXPECT_EQ(target_.writes, Writes{});
  clock_.advance(minutes(5));
  evaluate();
  EXPECT_EQ(target_.writes, Writes{"12->11"}) << "from where its author put it";
}

TEST_F(ContestTest, ThreeReversalsMakeTheTierStandBackUntilAnHourHasPassed) {
  warm_up();
  readings_.set("cpu", 90);
  scale_and_be_reversed();
  EXPECT_EQ(reversals(), 1U);
  scale_and_be_reversed();
  EXPECT_EQ(condition("Contested"), "absent");
  scale_and_be_reversed();
  EXPECT_EQ(condition("Contested"), "True/Contested");
  EXPECT_EQ(condition("AbleToScale"), "False/Contested");
  EXPECT_EQ(condition("Ready"), "False/Contested");
  EXPECT_NE(message("Contested").find("argocd undid 3 changes"), std::string::npos)
      << message("Contested");
  const auto writes = target_.writes.size();
  for (int i = 0; i < 200; ++i) evaluate_quietly();
  EXPECT_EQ(target_.writes.size(), writes) << "it is not fought";
  EXPECT_EQ(events_.count("Warning Contested"), 1);
  clock_.advance(minutes(10));
  evaluate();
  EXPECT_EQ(condition("Contested"), "absent");
  EXPECT_FALSE(status().tiers[0].contest);
  EXPECT_EQ(target_.writes.size(), writes + 1);
}

TEST_F(ContestTest, NewSpecEndsIt) {
  warm_up();
  readings_.set("cpu", 90);
  for (int i = 0; i < 3; ++i) scale_and_be_reversed();
  ASSERT_EQ(condition("Contested"), "True/Contested");
  tier().max_replicas = 21;
  apply_new_spec();
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(condition("Contested"), "absent");
  EXPECT_FALSE(status().tiers[0].contest);
  clock_.advance(minutes(5));
  evaluate();
  EXPECT_EQ(target_.seen.spec_replicas, 8);
}

TEST_F(ContestTest, RestartsForgetNoReversal) {
  warm_up();
  readings_.set("cpu", 90);
  for (int i = 0; i < 3; ++i) {
    scale_and_be_reversed();
    EXPECT_EQ(reversals(), static_cast<std::size_t>(i + 1));
    make_reconciler();
    evaluate_quietly();  // its cold start
  }
  EXPECT_EQ(condition("Contested"), "True/Contested");
  const auto writes = target_.writes.size();
  for (int i = 0; i < 40; ++i) evaluate_quietly();
  EXPECT_EQ(target_.writes.size(), writes);
  EXPECT_EQ(events_.count("Warning Contested"), 1) << "a restart is no news";
}

TEST_F(ContestTest, ReversalDuringARestartCounts) {
  warm_up();
  readings_.set("cpu", 90);
  evaluate();
  ASSERT_EQ(target_.writes, Writes{"5->8"});
  somebody_sets(5);
  make_reconciler();
  evaluate();
  EXPECT_EQ(reversals(), 1U);
}

TEST_F(ContestTest, ReversalCountsOnceThoughItsStatusWriteIsLost) {
  warm_up();
  readings_.set("cpu", 90);
  evaluate();
  somebody_sets(5);
  next_round();
  expect_status_write(fail(ErrorKind::Unavailable, "too many requests"));
  ASSERT_FALSE(visit());
  EXPECT_EQ(reversals(), 0U);
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(reversals(), 1U);
  make_reconciler();
  evaluate_quietly();
  EXPECT_EQ(reversals(), 1U);
}

TEST_F(ContestTest, RecreatedTargetIsNobodysReversal) {
  warm_up();
  readings_.set("cpu", 90);
  evaluate();
  ASSERT_EQ(target_.seen.spec_replicas, 8);
  somebody_sets(5, "kubectl-create");
  target_.seen.uid = "target-2";
  evaluate();
  EXPECT_EQ(reversals(), 0U);
  EXPECT_FALSE(status().tiers[0].last_scale_down);
}

TEST_F(ContestTest, TargetRecreatedDuringARestartIsNobodysReversal) {
  warm_up();
  readings_.set("cpu", 90);
  evaluate();
  clock_.advance(seconds(1));
  somebody_sets(5, "kubectl-create");
  target_.seen.created = clock_.wall();
  make_reconciler();
  evaluate();
  EXPECT_EQ(reversals(), 0U);
}

}  // namespace
}  // namespace evalscaler::reconcile
