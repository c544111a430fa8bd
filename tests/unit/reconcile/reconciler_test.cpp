// SPDX-License-Identifier: Apache-2.0
// One visit after the other: what is written to the target, and what is remembered.
#include "reconcile/reconciler.hpp"

#include "unit/reconcile/visit_fixture.hpp"

namespace evalscaler::reconcile {
namespace {

using std::chrono::seconds;
using Writes = std::vector<std::string>;
using Reasons = std::vector<std::string>;

class ReconcilerTest : public VisitFixture {};

TEST_F(ReconcilerTest, FirstVisitAsksForReadingsAndSetsAllConditions) {
  apply();
  expect_status_write();
  const auto next = visit();
  ASSERT_TRUE(next) << next.error().message;
  EXPECT_EQ(**next, 2 * kInterval);
  EXPECT_EQ(readings_.demanded(kWeb).uses.size(), 1U);
  EXPECT_EQ(readings_.demanded(kWeb).interval, kInterval);
  EXPECT_EQ(condition("Ready"), "Unknown/WaitingForReadings");
  EXPECT_EQ(condition("ScalingActive"), "Unknown/WaitingForReadings");
  EXPECT_EQ(condition("AbleToScale"), "True/ReadyForNewScale");
  EXPECT_EQ(condition("ScalingLimited"), "Unknown/WaitingForReadings");
  EXPECT_EQ(status().summary, "app 5/5");
  EXPECT_EQ(status().observed_generation, 1);
}

TEST_F(ReconcilerTest, ColdStartObservesAndTheSecondEvaluationActs) {
  readings_.set("cpu", 90);
  apply();
  readings_.complete_round();
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(target_.writes, Writes{});
  EXPECT_EQ(condition("Ready"), "True/ColdStart");
  evaluate();
  EXPECT_EQ(target_.writes, Writes{"5->8"});
  EXPECT_EQ(condition("Ready"), "True/ThresholdExceeded");
  EXPECT_EQ(status().tiers[0].current, 8);
  EXPECT_EQ(status().tiers[0].last_scale_up, clock_.wall());
  EXPECT_EQ(events_.reasons(), Reasons{"Normal ScaledUp"});
  ASSERT_EQ(status().recent_decisions.size(), 1U);
  EXPECT_TRUE(status().recent_decisions[0].applied);
}

TEST_F(ReconcilerTest, ChangedObjectsReportButDoNotCountAsEvaluations) {
  readings_.set("cpu", 90);
  apply();
  readings_.complete_round();
  expect_status_write();
  ASSERT_TRUE(visit());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(visit());
  EXPECT_EQ(target_.writes, Writes{});
}

TEST_F(ReconcilerTest, DownNeedsThreeFreshEvaluations) {
  readings_.set("cpu", 10);
  apply();
  readings_.complete_round();
  expect_status_write();
  ASSERT_TRUE(visit());
  evaluate();
  EXPECT_EQ(condition("ScalingLimited"), "True/FreshStreakIncomplete");
  EXPECT_EQ(target_.writes, Writes{});
  evaluate();
  EXPECT_EQ(target_.writes, Writes{"5->4"});
}

TEST_F(ReconcilerTest, SpecChangeStartsTheStreakAnew) {
  warm_up();
  tier().min_replicas = 1;
  readings_.set("cpu", 10);
  apply_new_spec();
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(readings_.demanded(kWeb).times, 2);
  EXPECT_EQ(condition("Ready"), "Unknown/WaitingForReadings");
  evaluate();
  evaluate_quietly();
  EXPECT_EQ(target_.writes, Writes{});
  evaluate();
  EXPECT_EQ(target_.writes, Writes{"5->4"});
}

TEST_F(ReconcilerTest, ReadingThatIsNotFreshStartsTheStreakAnew) {
  warm_up();
  readings_.set("cpu", Reading::invalid("NaN"));
  evaluate();
  readings_.set("cpu", 10);
  evaluate();
  evaluate_quietly();
  EXPECT_EQ(target_.writes, Writes{});
  evaluate();
  EXPECT_EQ(target_.writes, Writes{"5->4"});
}

TEST_F(ReconcilerTest, CooldownHoldsAcrossARestart) {
  warm_up();
  readings_.set("cpu", 90);
  evaluate();
  ASSERT_EQ(target_.writes, Writes{"5->8"});
  make_reconciler();
  evaluate();  // its pods are ready by now
  evaluate();
  EXPECT_EQ(condition("ScalingLimited"), "True/CooldownUp");
  clock_.advance(seconds(300));
  evaluate();
  EXPECT_EQ(target_.writes, (Writes{"5->8", "8->11"}));
}

TEST_F(ReconcilerTest, CooldownCountsFromTheWritesEndNotFromTheDecision) {
  warm_up();
  readings_.set("cpu", 90);
  target_.on_its_way = [this] { clock_.advance(seconds(200)); };
  evaluate();
  ASSERT_EQ(target_.writes, Writes{"5->8"});
  EXPECT_EQ(status().tiers[0].last_scale_up, clock_.wall());
  clock_.advance(seconds(200));
  evaluate();
  EXPECT_EQ(condition("ScalingLimited"), "True/CooldownUp");
  EXPECT_EQ(target_.writes, Writes{"5->8"});
}

TEST_F(ReconcilerTest, CrashBetweenScaleAndStatusForgetsNeitherCooldownNorStep) {
  warm_up();
  readings_.set("cpu", 90);
  next_round();
  expect_status_write(fail(ErrorKind::Unavailable, "killed here"));
  EXPECT_FALSE(visit());
  ASSERT_EQ(target_.writes, Writes{"5->8"});
  EXPECT_FALSE(status().tiers[0].last_scale_up);
  make_reconciler();
  evaluate();
  EXPECT_EQ(status().tiers[0].last_scale_up, clock_.wall()) << "counted from the first look";
  EXPECT_FALSE(status().tiers[0].last_scale_down) << "the direction is known: it was 5";
  evaluate();
  EXPECT_EQ(condition("ScalingLimited"), "True/CooldownUp");
  EXPECT_EQ(target_.writes, Writes{"5->8"});
}

// Neither the write's answer nor its watch event was there when the process went on.
TEST_F(ReconcilerTest, DecisionIsToldOnceThoughTheAnswerToItsStatusWriteWasLost) {
  warm_up();
  readings_.set("cpu", 90);
  next_round();
  expect_status_write_with_lost_answer();
  ASSERT_FALSE(visit());
  ASSERT_EQ(status().recent_decisions.size(), 1U);
  expect_status_write();
  ASSERT_TRUE(visit()) << "the new pods are ready";
  EXPECT_EQ(status().recent_decisions.size(), 1U);
}

// The request was given up and not found executed; it was under way all the same.
TEST_F(ReconcilerTest, ScaleThatLandsLateIsNotFollowedByAnotherWithinItsCooldown) {
  warm_up();
  readings_.set("cpu", 90);
  target_.step_error = fail(ErrorKind::Unavailable, "the scale request was lost on its way");
  next_round();
  expect_status_write();
  ASSERT_FALSE(visit());
  target_.step_error.reset();
  target_.seen.spec_replicas = target_.seen.ready_replicas = 8;
  target_.seen.last_writer = api::ReplicasWriter{api::kFieldManager, std::nullopt};
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(target_.writes, Writes{"5->8"});
  EXPECT_EQ(condition("ScalingLimited"), "True/CooldownUp");
}

// The watch of the process that takes over is late: the last leader scaled and told so.
TEST_F(ReconcilerTest, TakeoverDecidesNothingFromAServiceThatIsBehind) {
  warm_up();
  readings_.set("cpu", 90);
  make_reconciler();
  relieves_ = true;
  readings_.complete_round();
  ServiceObject live = service_;
  live.meta.resource_version = "200";
  live.status.tiers[0].last_scale_up = clock_.wall();
  expect_look(live);
  EXPECT_EQ(**visit(), std::chrono::milliseconds(100));
  EXPECT_EQ(**visit(), std::chrono::milliseconds(100)) << "asked once";
  EXPECT_EQ(target_.writes, Writes{});
  service_ = live;
  apply();
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(target_.writes, Writes{}) << "the last leader's cooldown holds";
  EXPECT_EQ(condition("ScalingLimited"), "True/CooldownUp");
}

TEST_F(ReconcilerTest, ConflictIsDecidedAnewFromTheSameReadings) {
  warm_up();
  readings_.set("cpu", 90);
  next_round();
  target_.step_error = fail(ErrorKind::Conflict, "somebody was faster");
  target_.seen.spec_replicas = 5;
  expect_status_write();
  EXPECT_EQ(visit().error().kind, ErrorKind::Conflict);
  EXPECT_EQ(condition("AbleToScale"), "True/ReadyForNewScale") << "a lost race is no failure";
  target_.step_error.reset();
  target_.seen.spec_replicas = target_.seen.ready_replicas = 4;
  expect_status_write();
  ASSERT_TRUE(visit()) << "without a new round";
  EXPECT_EQ(target_.writes, (Writes{"5->8", "4->7"}));
  EXPECT_EQ(status().recent_decisions.size(), 1U);
}

TEST_F(ReconcilerTest, FailedScaleIsACondition) {
  warm_up();
  readings_.set("cpu", 90);
  next_round();
  target_.step_error = fail(ErrorKind::Forbidden, "deployments/scale is forbidden");
  expect_status_write();
  EXPECT_EQ(visit().error().kind, ErrorKind::Forbidden);
  EXPECT_EQ(condition("Ready"), "False/ScaleFailed");
  EXPECT_EQ(condition("AbleToScale"), "False/ScaleFailed");
  EXPECT_NE(message("Ready").find("deployments/scale is forbidden"), std::string::npos);
  EXPECT_EQ(events_.reasons(), Reasons{"Warning ScaleFailed"});
  EXPECT_EQ(status().tiers[0].current, 5);
  EXPECT_EQ(status().tiers[0].desired, 8);
  ASSERT_TRUE(visit()) << "the same round is not tried again at once";
  EXPECT_EQ(target_.writes.size(), 1U);
}

TEST_F(ReconcilerTest, DryRunDecidesRecordsAndWritesNothingToTheTarget) {
  service_.spec.mode = api::Mode::DryRun;
  warm_up();
  readings_.set("cpu", 90);
  evaluate();
  EXPECT_EQ(target_.writes, Writes{});
  EXPECT_EQ(condition("DryRun"), "True/ModeDryRun");
  EXPECT_EQ(status().tiers[0].current, 5);
  EXPECT_EQ(status().tiers[0].desired, 8);
  EXPECT_EQ(status().tiers[0].last_scale_up, clock_.wall()) << "its virtual cooldown";
  EXPECT_FALSE(status().recent_decisions.back().applied);
  EXPECT_EQ(events_.reasons(), Reasons{"Normal WouldScaleUp"});
  evaluate();
  EXPECT_EQ(condition("ScalingLimited"), "True/CooldownUp");
}

TEST_F(ReconcilerTest, PausedHolds) {
  service_.spec.mode = api::Mode::Paused;
  readings_.set("cpu", 90);
  apply();
  evaluate();
  evaluate_quietly();
  EXPECT_EQ(target_.writes, Writes{});
  EXPECT_EQ(condition("Paused"), "True/ModePaused");
  EXPECT_EQ(condition("ScalingActive"), "False/Paused");
  service_.spec.mode = api::Mode::Auto;
  apply_new_spec();
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(condition("Paused"), "absent");
}

TEST_F(ReconcilerTest, OperatorsLimitBoundsWhatIsActedOn) {
  make_reconciler(6);
  warm_up();
  readings_.set("cpu", 90);
  evaluate();
  EXPECT_EQ(target_.writes, Writes{"5->6"});
  EXPECT_EQ(condition("ScalingLimited"), "True/MaxReplicasLimit");
}

TEST_F(ReconcilerTest, R27WaitsForTheCacheWithoutDeciding) {
  warm_up();
  readings_.set("cpu", 90);
  next_round();
  target_.observe_error = fail(ErrorKind::Unavailable, "not shown yet");
  const auto next = visit();
  ASSERT_TRUE(next);
  EXPECT_LT(**next, seconds(1));
  target_.observe_error.reset();
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(target_.writes, Writes{"5->8"}) << "the round was not lost";
}

TEST_F(ReconcilerTest, DeletedServiceIsLeftAlone) {
  warm_up();
  readings_.set("cpu", 90);
  readings_.complete_round();
  service_.meta.being_deleted = true;
  apply();
  EXPECT_EQ(visit().value(), NextVisit{});
  EXPECT_EQ(readings_.demanded(kWeb).times, 0) << "its demands are gone";
  cache_.erase(kWeb);
  EXPECT_EQ(visit().value(), NextVisit{});
  EXPECT_EQ(target_.writes, Writes{});
}

TEST_F(ReconcilerTest, BelowMinimumIsMendedEvenIfNothingCanBeAsked) {
  readings_.make_unknown("cpu", "unknown metric cpu");
  tier().min_replicas = 6;
  apply();
  expect_status_write();
  ASSERT_TRUE(visit());
  clock_.advance(kInterval);
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(target_.writes, Writes{"5->6"});
  EXPECT_TRUE(readings_.demanded(kWeb).uses.empty());
}

}  // namespace
}  // namespace evalscaler::reconcile
