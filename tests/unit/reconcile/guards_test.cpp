// SPDX-License-Identifier: Apache-2.0
// What keeps a tier from being scaled though its metrics ask for it, visit after visit.
#include "reconcile/reconciler.hpp"
#include "unit/reconcile/visit_fixture.hpp"

namespace evalscaler::reconcile {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using Writes = std::vector<std::string>;

class GuardsTest : public VisitFixture {
 protected:
  void annotate(const std::string& word) {
    service_.paused = word;
    apply();
  }
};

TEST_F(GuardsTest, OtherAutoscalerIsNamedAndHeldFor) {
  warm_up();
  readings_.set("cpu", 90);
  other_ = "HorizontalPodAutoscaler web";
  evaluate();
  EXPECT_EQ(target_.writes, Writes{});
  EXPECT_EQ(condition("AbleToScale"), "False/OtherAutoscaler");
  EXPECT_EQ(condition("Ready"), "False/OtherAutoscaler");
  EXPECT_NE(message("AbleToScale").find("HorizontalPodAutoscaler web"), std::string::npos);
  for (int i = 0; i < 5; ++i) evaluate_quietly();
  EXPECT_EQ(events_.count("Warning OtherAutoscaler"), 1);
  make_reconciler();
  ASSERT_TRUE(visit()) << "before any reading is there";
  evaluate_quietly();
  EXPECT_EQ(condition("AbleToScale"), "False/OtherAutoscaler") << "a restart is no news";
  EXPECT_EQ(events_.count("Warning OtherAutoscaler"), 1);
  other_.clear();
  evaluate();
  EXPECT_EQ(condition("AbleToScale"), "True/ReadyForNewScale");
  evaluate();
  EXPECT_EQ(target_.writes, Writes{"5->8"}) << "it goes on without a restart";
}

TEST_F(GuardsTest, TargetOfAControllerIsLeftToIt) {
  warm_up();
  readings_.set("cpu", 90);
  target_.seen.controller_owner = "Rollout/web";
  evaluate();
  EXPECT_EQ(target_.writes, Writes{});
  EXPECT_EQ(condition("AbleToScale"), "False/TargetManagedByController");
  EXPECT_EQ(condition("Ready"), "False/TargetManagedByController");
  EXPECT_NE(message("Ready").find("Rollout/web"), std::string::npos) << message("Ready");
  EXPECT_EQ(events_.count("Warning TargetManagedByController"), 1);
  target_.seen.controller_owner.reset();
  evaluate();
  EXPECT_EQ(target_.writes, Writes{"5->8"});
}

TEST_F(GuardsTest, AnnotationPausesOnTheFirstVisitAndLeavingItReplaysNothing) {
  warm_up();
  annotate("true");
  expect_status_write();
  ASSERT_TRUE(visit()) << "without a new round";
  EXPECT_EQ(condition("Paused"), "True/Paused");
  EXPECT_EQ(condition("ScalingActive"), "False/Paused");
  EXPECT_NE(message("Paused").find("evalscaler.io/paused is 'true'"), std::string::npos);
  readings_.set("cpu", 90);
  evaluate();
  for (int i = 0; i < 20; ++i) evaluate_quietly();
  EXPECT_EQ(target_.writes, Writes{});
  readings_.set("cpu", 50);
  annotate("");
  evaluate();
  EXPECT_EQ(condition("Paused"), "absent");
  EXPECT_EQ(condition("ScalingActive"), "True/ValidMetricFound");
  evaluate_quietly();
  EXPECT_EQ(target_.writes, Writes{}) << "what it would have done then is past";
}

TEST_F(GuardsTest, AnnotationMayPauseOneDirection) {
  warm_up();
  annotate("scale-down");
  readings_.set("cpu", 10);
  evaluate();
  EXPECT_EQ(condition("ScalingLimited"), "True/ScaleDownPaused");
  EXPECT_EQ(condition("Paused"), "absent");
  readings_.set("cpu", 90);
  evaluate();
  EXPECT_EQ(target_.writes, Writes{"5->8"}) << "the other one goes on";
  annotate("scale-up");
  clock_.advance(minutes(10));
  evaluate();
  EXPECT_EQ(condition("ScalingLimited"), "True/ScaleUpPaused");
  readings_.set("cpu", 10);
  evaluate();
  EXPECT_EQ(target_.writes, (Writes{"5->8", "8->7"}));
}

TEST_F(GuardsTest, AnnotationWithAnyOtherWordPausesAndSaysWhichThereAre) {
  warm_up();
  for (const char* word : {"yes", "TRUE", "scaledown", " true"}) {
    annotate(word);
    readings_.set("cpu", 90);
    next_round();
    if (condition("Paused") == "absent") expect_status_write();
    ASSERT_TRUE(visit());
    EXPECT_EQ(condition("Paused"), "True/Paused") << word;
  }
  EXPECT_NE(message("Paused").find("none of true, scale-up and scale-down"), std::string::npos);
  EXPECT_EQ(target_.writes, Writes{});
  annotate("false");
  evaluate();
  EXPECT_EQ(target_.writes, Writes{"5->8"}) << "false is as good as none";
}

TEST_F(GuardsTest, PausedOperatorActsOnNothing) {
  operator_pause_ = "this operator was started with --paused";
  make_reconciler();
  readings_.set("cpu", 90);
  apply();
  readings_.complete_round();
  expect_status_write();
  ASSERT_TRUE(visit());
  for (int i = 0; i < 5; ++i) evaluate_quietly();
  EXPECT_EQ(target_.writes, Writes{});
  EXPECT_EQ(condition("Paused"), "True/Paused");
  EXPECT_NE(message("Paused").find("--paused"), std::string::npos);
  operator_pause_.clear();
  make_reconciler();
  evaluate();
  evaluate();
  EXPECT_EQ(target_.writes, Writes{"5->8"});
  EXPECT_EQ(condition("Paused"), "absent");
}

TEST_F(GuardsTest, ScaleDownBeyondTheBudgetIsRecordedAndTriedAgain) {
  downs_per_minute_ = 1;
  make_reconciler();
  tier().threshold->scale_down.cooldown = seconds(0);
  warm_up();
  readings_.set("cpu", 10);
  evaluate();
  ASSERT_EQ(target_.writes, Writes{"5->4"});
  evaluate();
  EXPECT_EQ(target_.writes, Writes{"5->4"});
  EXPECT_EQ(condition("ScalingLimited"), "True/ScaleDownBudget");
  EXPECT_EQ(condition("AbleToScale"), "True/ReadyForNewScale") << "that is no failure";
  const api::DecisionRecord& record = status().recent_decisions.back();
  EXPECT_EQ(record.reason, "ScaleDownBudget");
  EXPECT_FALSE(record.applied);
  EXPECT_EQ(record.steps.back().stage, "budget");
  EXPECT_EQ(status().tiers[0].desired, 4);
  evaluate_quietly();
  evaluate_quietly();
  EXPECT_EQ(events_.count("Normal ScaleDownBudget"), 1);
  evaluate();
  EXPECT_EQ(target_.writes, (Writes{"5->4", "4->3"})) << "a minute after the first";
}

TEST_F(GuardsTest, DryRunTakesNothingFromTheBudget) {
  downs_per_minute_ = 1;
  make_reconciler();
  tier().threshold->scale_down.cooldown = seconds(0);
  service_.spec.mode = api::Mode::DryRun;
  warm_up();
  readings_.set("cpu", 10);
  evaluate();
  evaluate();
  EXPECT_EQ(condition("Ready"), "True/BelowThresholds");
}

TEST_F(GuardsTest, ScaleUpsHaveNoBudget) {
  downs_per_minute_ = 1;
  make_reconciler();
  tier().threshold->scale_up.cooldown = seconds(0);
  warm_up();
  readings_.set("cpu", 90);
  evaluate();
  evaluate();
  evaluate();
  EXPECT_EQ(target_.writes, (Writes{"5->8", "8->11", "11->14"}));
}

TEST_F(GuardsTest, VetoOfOverAnHourIsAConditionThatNamesTheMetricAndIsToldOnce) {
  api::ThresholdMetric latency = tier().threshold->metrics[0];
  latency.name = "latency";
  tier().threshold->metrics.push_back(latency);
  readings_.set("latency", Reading::missing("no series for ml/web"));
  readings_.set("cpu", 10);
  apply();
  readings_.complete_round();
  expect_status_write();
  ASSERT_TRUE(visit());
  evaluate();
  ASSERT_TRUE(status().tiers[0].vetoed_since);
  const auto since = *status().tiers[0].vetoed_since;
  const auto at_first = events_.count("Warning ScaleDownVetoed");
  clock_.advance(minutes(30));
  make_reconciler();  // the hour goes on
  evaluate_quietly();
  while (clock_.wall() + kInterval < since + std::chrono::hours(1)) evaluate_quietly();
  EXPECT_EQ(events_.count("Warning ScaleDownVetoed"), at_first);
  evaluate();
  EXPECT_EQ(status().tiers[0].vetoed_since, since);
  EXPECT_EQ(condition("ScalingLimited"), "True/ScaleDownVetoed");
  const std::string says = message("ScalingLimited");
  EXPECT_NE(says.find("latency"), std::string::npos) << says;
  EXPECT_NE(says.find("no series for ml/web"), std::string::npos) << says;
  EXPECT_NE(says.find("onUnavailable: Ignore"), std::string::npos) << says;
  for (int i = 0; i < 50; ++i) evaluate_quietly();
  make_reconciler();
  for (int i = 0; i < 5; ++i) evaluate_quietly();
  EXPECT_EQ(events_.count("Warning ScaleDownVetoed"), at_first + 1);
  readings_.set("latency", 10);
  evaluate();
  EXPECT_FALSE(status().tiers[0].vetoed_since);
}

TEST_F(GuardsTest, RolloutThatStandsStillIsAConditionAndHoldsForTenMinutes) {
  warm_up();
  target_.seen.rollout = api::Rollout::Stuck;
  readings_.set("cpu", 10);
  evaluate();
  EXPECT_EQ(condition("RolloutStalled"), "True/ProgressDeadlineExceeded");
  EXPECT_EQ(condition("ScalingLimited"), "True/RolloutInProgress");
  EXPECT_EQ(target_.writes, Writes{});
  clock_.advance(minutes(10));
  evaluate();
  EXPECT_EQ(target_.writes, Writes{"5->4"});
  EXPECT_EQ(condition("RolloutStalled"), "True/ProgressDeadlineExceeded") << "it still does";
  target_.seen.rollout = api::Rollout::Paused;
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(condition("RolloutStalled"), "True/RolloutPaused");
  target_.seen.rollout = api::Rollout::Settled;
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(condition("RolloutStalled"), "absent");
}

TEST_F(GuardsTest, RolloutThatGetsStuckWhileItHoldsIsToldAnew) {
  warm_up();
  target_.seen.rollout = api::Rollout::Running;
  readings_.set("cpu", 10);
  evaluate();
  EXPECT_NE(message("ScalingLimited").find("under way"), std::string::npos);
  evaluate_quietly();
  target_.seen.rollout = api::Rollout::Stuck;
  evaluate();
  EXPECT_EQ(condition("RolloutStalled"), "True/ProgressDeadlineExceeded");
  EXPECT_NE(message("ScalingLimited").find("progress deadline"), std::string::npos)
      << message("ScalingLimited");
}

TEST_F(GuardsTest, LostPodsAndPodsToComeAreReasonsOfTheLimit) {
  warm_up();
  target_.seen.ready_replicas = 2;
  readings_.set("cpu", 10);
  evaluate();
  EXPECT_EQ(condition("ScalingLimited"), "True/PopulationDropped");
  target_.seen.ready_replicas = 5;
  readings_.set("cpu", 90);
  evaluate();
  ASSERT_EQ(target_.writes, Writes{"5->8"});
  target_.seen.ready_replicas = 5;
  evaluate();
  EXPECT_EQ(condition("ScalingLimited"), "True/CapacityPending");
}

}  // namespace
}  // namespace evalscaler::reconcile
