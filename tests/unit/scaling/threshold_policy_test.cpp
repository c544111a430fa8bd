// SPDX-License-Identifier: Apache-2.0
// The rules of the threshold policy, one claim each.
#include <gtest/gtest.h>

#include "scene.hpp"

namespace evalscaler::scaling {
namespace {

using testing::Test;

TEST(Threshold, AtTheThresholdIsNotBeyondIt) {
  EXPECT_EQ(Scene().metric("cpu", 70, 30, 70).decide().to, 5);
  EXPECT_EQ(Scene().metric("cpu", 70, 30, 70.001).decide().to, 8);
}

TEST(Threshold, AtTheDownThresholdIsNotLow) {
  EXPECT_EQ(Scene().metric("cpu", 70, 30, 30).decide().to, 5);
  EXPECT_EQ(Scene().metric("cpu", 70, 30, 29.999).decide().to, 4);
}

TEST(Threshold, UpNamesTheMetricAndItsNumbers) {
  const Decision decision = Scene().metric("cpu", 70, 30, 91).decide();
  EXPECT_EQ(decision.reason, "ThresholdExceeded");
  EXPECT_EQ(decision.message, "app 5 -> 8: cpu 91 > 70 (score 0.3)");
  ASSERT_EQ(decision.steps.size(), 1U);
  EXPECT_EQ(decision.steps[0].stage, "threshold");
  EXPECT_EQ(decision.steps[0].from, 5);
  EXPECT_EQ(decision.steps[0].to, 8);
}

TEST(Threshold, ScoreUpIsTheWorstMetricAndCappedAtOne) {
  const Decision decision = Scene().metric("a", 100, 1, 120).metric("b", 10, 1, 9000).decide();
  ASSERT_TRUE(decision.score);
  EXPECT_EQ(decision.score->up, 1);
  EXPECT_EQ(Scene().metric("a", 100, 1, 120).decide().score->up, 0.2);
}

TEST(Threshold, TriggerScoreIsReachedOnTheDecimal) {
  // 1.2 - 1 is less than 0.2 in binary; the user meant 84 of 70.
  Scene scene;
  scene.metric("cpu", 70, 30, 84);
  scene.policy().scale_up.trigger_score = {0.2};
  EXPECT_EQ(scene.decide().to, 8);
  scene.inputs.readings[0].value = 83.99;
  EXPECT_EQ(scene.decide().to, 5);
  EXPECT_EQ(scene.decide().reason, "NoTrigger");
}

TEST(Threshold, ScoreDownIsTheShareOfMetricsThatHaveADownThreshold) {
  Scene scene;
  scene.metric("a", 70, 30, 10).metric("b", 70, 30, 10).metric("c", 70, 30, 50);
  scene.metric("only up", 70, 30, 50).policy().metrics.back().scale_down.reset();
  const Decision decision = scene.decide();
  EXPECT_NEAR(decision.score->down, 2.0 / 3, 1e-9);
  EXPECT_EQ(decision.to, 5);
  EXPECT_EQ(decision.reason, "NoTrigger");
}

TEST(Threshold, QuorumIsReachedWhenEqual) {
  Scene scene;
  for (int i = 0; i < 10; ++i) scene.metric("m" + std::to_string(i), 70, 30, i < 7 ? 10 : 50);
  EXPECT_EQ(scene.decide().to, 4);
  scene.inputs.readings[6].value = 50;
  EXPECT_EQ(scene.decide().to, 5);
}

TEST(Threshold, NothingLowIsNeverAQuorum) {
  Scene scene;
  scene.metric("cpu", 70, 30, 50).policy().scale_down.quorum = {0};
  EXPECT_EQ(scene.decide().to, 5);
}

TEST(Threshold, UpIsLookedAtFirst) {
  Scene scene;
  scene.metric("a", 70, 30, 90).metric("b", 70, 30, 1).metric("c", 70, 30, 1);
  scene.policy().scale_down.quorum = {0.5};
  scene.policy().scale_down.allow_while_high = true;
  EXPECT_EQ(scene.decide().to, 8);
}

TEST(Threshold, StepsAreCutAtTheBounds) {
  EXPECT_EQ(Scene().replicas(49).metric("cpu", 70, 30, 90).decide().to, 50);
  Scene scene;
  scene.replicas(4).bounds(3, 50).metric("cpu", 70, 30, 1).policy().scale_down.step = 5;
  EXPECT_EQ(scene.decide().to, 3);
}

TEST(Threshold, AtTheBoundsItHoldsAndSaysWhich) {
  const Decision high = Scene().replicas(50).metric("cpu", 70, 30, 90).decide();
  EXPECT_EQ(high.to, 50);
  EXPECT_EQ(high.reason, "AtMaximum");
  EXPECT_EQ(high.message,
            "app holds at 50: cpu 90 > 70 (score 0.2857), but maxReplicas is 50; raise it to go "
            "further");
  const Decision low = Scene().replicas(1).metric("cpu", 70, 30, 3).decide();
  EXPECT_EQ(low.to, 1);
  EXPECT_EQ(low.reason, "AtMinimum");
}

TEST(Threshold, NoScaleDownWhileAMetricIsBeyond) {
  // At the maximum up cannot go on, and the quorum of the others is reached.
  Scene scene;
  scene.replicas(50).metric("a", 70, 30, 90);
  for (const char* name : {"b", "c", "d", "e"}) scene.metric(name, 70, 30, 1);
  const Decision held = scene.decide();
  EXPECT_EQ(held.to, 50);
  EXPECT_EQ(held.reason, "WouldFlap");
  scene.policy().scale_down.allow_while_high = true;
  EXPECT_EQ(scene.decide().to, 49);
}

TEST(Threshold, NoScaleDownThatWouldPushAProportionalMetricBeyond) {
  Scene scene;
  scene.replicas(2).metric("queue", 10, 9, 8).proportional_last();
  const Decision held = scene.decide();
  EXPECT_EQ(held.to, 2);
  EXPECT_EQ(held.reason, "WouldFlap");
  EXPECT_EQ(held.message.substr(0, 72),
            "app holds at 2: at 1 queue would be about 16 > 10, and it would scale up");
  scene.policy().metrics[0].proportional = false;
  EXPECT_EQ(scene.decide().to, 1);
}

TEST(Threshold, ReachingTheUpThresholdAfterTheStepIsAllowed) {
  // 7 * 6 / 5 = 8.4, which binary arithmetic may put a hair above.
  Scene scene;
  scene.replicas(6).metric("queue", 8.4, 8, 7).proportional_last();
  EXPECT_EQ(scene.decide().to, 5);
  scene.policy().metrics[0].scale_up = Quantity{8.39};
  EXPECT_EQ(scene.decide().to, 6);
}

TEST(Threshold, NothingScalesToZeroUnderLoad) {
  Scene scene;
  scene.replicas(1).bounds(0, 5).metric("rps", 10, 5, 0.1).proportional_last();
  EXPECT_EQ(scene.decide().reason, "WouldFlap");
  scene.inputs.readings[0].value = 0;
  EXPECT_EQ(scene.decide().to, 0);
}

TEST(Threshold, LowerIsWorseIsMirrored) {
  EXPECT_EQ(Scene().lower_metric("hit_rate", 80, 95, 80).decide().to, 5);
  const Decision up = Scene().lower_metric("hit_rate", 80, 95, 64).decide();
  EXPECT_EQ(up.to, 8);
  EXPECT_EQ(up.score->up, 0.25);
  EXPECT_EQ(up.message, "app 5 -> 8: hit_rate 64 < 80 (score 0.25)");
  EXPECT_EQ(Scene().lower_metric("hit_rate", 80, 95, 95).decide().to, 5);
  EXPECT_EQ(Scene().lower_metric("hit_rate", 80, 95, 95.1).decide().to, 4);
}

TEST(Threshold, LowerIsWorseAtZeroScoresOne) {
  EXPECT_EQ(Scene().lower_metric("hit_rate", 80, 95, 0).decide().score->up, 1);
}

TEST(Threshold, AnUpThresholdOfZeroFiresOnAnythingAboveIt) {
  const Decision up = Scene().metric("errors", 0, -1, 0.001).decide();
  EXPECT_EQ(up.to, 8);
  EXPECT_EQ(up.score->up, 1);
  EXPECT_EQ(Scene().metric("errors", 0, -1, 0).decide().to, 5);
}

TEST(Threshold, EitherThresholdMayStandAlone) {
  Scene up_only;
  up_only.metric("cpu", 70, 30, 1).policy().metrics[0].scale_down.reset();
  EXPECT_EQ(up_only.decide().to, 5);
  EXPECT_EQ(up_only.decide().score->down, 0);
  up_only.inputs.readings[0].value = 71;
  EXPECT_EQ(up_only.decide().to, 8);
  Scene down_only;
  down_only.metric("cpu", 70, 30, 1000).policy().metrics[0].scale_up.reset();
  EXPECT_EQ(down_only.decide().to, 5);
  down_only.inputs.readings[0].value = 1;
  EXPECT_EQ(down_only.decide().to, 4);
}

TEST(ProportionalStep, GoesWhereTheWorstRatioPoints) {
  Scene scene;
  scene.replicas(10).metric("a", 70, 30, 140).metric("b", 10, 1, 35);
  scene.policy().scale_up.proportional_step = true;
  EXPECT_EQ(scene.decide().to, 35);
  scene.policy().scale_up.max_step = 20;
  EXPECT_EQ(scene.decide().to, 30);
}

TEST(ProportionalStep, IsAtLeastTheStepAndForgivesRounding) {
  Scene scene;
  scene.replicas(10).metric("cpu", 70, 30, 77).policy().scale_up.proportional_step = true;
  scene.policy().scale_up.step = 1;
  EXPECT_EQ(scene.decide().to, 11);  // 10 * 1.1, although that is 11.000000000000002
  scene.policy().scale_up.step = 4;
  EXPECT_EQ(scene.decide().to, 14);
}

TEST(ProportionalStep, ARatioThatMeansNothingDoubles) {
  Scene scene;
  scene.metric("errors", 0, -1, 3).policy().scale_up.proportional_step = true;
  EXPECT_EQ(scene.decide().to, 10);
}

TEST(Overflow, TheLargestNumbersStayInBounds) {
  constexpr Replicas kLargest = 2'147'483'647;
  Scene scene;
  scene.bounds(1, 1'000'000).metric("cpu", 1, 0.5, 1e308);
  scene.policy().scale_up.step = kLargest;
  scene.policy().scale_up.proportional_step = true;
  scene.policy().scale_down.step = kLargest;
  scene.replicas(999'999);
  EXPECT_EQ(scene.decide().to, 1'000'000);
  scene.replicas(kLargest);
  EXPECT_EQ(scene.decide().to, 1'000'000);
  scene.inputs.readings[0].value = 0.1;
  EXPECT_EQ(scene.decide().to, 1);
  scene.bounds(1, kLargest).replicas(kLargest - 1).inputs.readings[0].value = 2;
  EXPECT_EQ(scene.decide().to, kLargest);
}

}  // namespace
}  // namespace evalscaler::scaling
