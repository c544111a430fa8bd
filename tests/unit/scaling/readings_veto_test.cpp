// SPDX-License-Identifier: Apache-2.0
// A reading that is not fresh never counts as low, and never keeps a tier from growing.
#include <gtest/gtest.h>

#include <cmath>

#include "scaling/situation.hpp"
#include "scene.hpp"

namespace evalscaler::scaling {
namespace {

Reading partial(double value) {
  Reading reading = Reading::fresh_value(value);
  reading.partial = true;
  reading.why = "warning: store unreachable";
  return reading;
}

class EveryState : public testing::TestWithParam<Reading> {};
INSTANTIATE_TEST_SUITE_P(NotFresh, EveryState,
                         testing::Values(Reading::missing("no series"), Reading::invalid("NaN"),
                                         Reading::immature("7 s of 60 s")));

TEST_P(EveryState, VetoesAScaleDownByTheOthers) {
  Scene scene;
  for (const char* name : {"a", "b", "c", "d"}) scene.metric(name, 70, 30, 1);
  const Decision decision = scene.metric("e", 70, 30, GetParam()).decide();
  EXPECT_EQ(decision.to, 5);
  EXPECT_EQ(decision.reason, "ScaleDownVetoed");
  ASSERT_EQ(decision.steps.size(), 2U);
  EXPECT_EQ(decision.steps[1].stage, "readings");
  EXPECT_EQ(decision.steps[1].from, 4);
  EXPECT_EQ(decision.steps[1].to, 5);
  EXPECT_NE(decision.message.find(GetParam().why), std::string::npos) << decision.message;
}

TEST_P(EveryState, LetsTheOthersGoUp) {
  const Decision decision =
      Scene().metric("a", 70, 30, 90).metric("b", 70, 30, GetParam()).decide();
  EXPECT_EQ(decision.to, 8);
}

TEST_P(EveryState, HasNoValueThatCouldCount) {
  Reading reading = GetParam();
  reading.value = 1e6;  // must not be looked at
  EXPECT_EQ(Scene().metric("a", 70, 30, 50).metric("b", 70, 30, reading).decide().to, 5);
  reading.value = 0;
  Scene scene;
  scene.metric("a", 70, 30, 1).metric("b", 70, 30, reading).policy().scale_down.quorum = {1};
  EXPECT_EQ(scene.decide().score->down, 0.5);
}

TEST_P(EveryState, AloneHoldsAndSaysSo) {
  const Decision decision = Scene().metric("a", 70, 30, GetParam()).decide();
  EXPECT_EQ(decision.to, 5);
  EXPECT_EQ(decision.reason, "MetricsUnavailable");
  EXPECT_EQ(decision.score->up, 0);
  EXPECT_EQ(decision.score->down, 0);
}

TEST_P(EveryState, IgnoredDoesNotVote) {
  const Decision decision =
      Scene().metric("a", 70, 30, 1).metric("b", 70, 30, GetParam()).ignoring_last().decide();
  EXPECT_EQ(decision.to, 4);
  EXPECT_EQ(decision.score->down, 1);
}

TEST_P(EveryState, IgnoredAloneStillHolds) {
  const Decision decision = Scene().metric("a", 70, 30, GetParam()).ignoring_last().decide();
  EXPECT_EQ(decision.to, 5);
  EXPECT_EQ(decision.reason, "MetricsUnavailable");
}

TEST_P(EveryState, DoesNotDelayTheBounds) {
  Scene scene;
  scene.bounds(3, 10).metric("a", 70, 30, GetParam());
  EXPECT_EQ(scene.replicas(1).decide().to, 3);
  EXPECT_EQ(scene.replicas(12).decide().to, 10);
  EXPECT_EQ(scene.decide().reason, "AboveMaximum");
}

TEST(ReadingsVeto, AMetricWithoutADownThresholdVetoesToo) {
  Scene scene;
  scene.metric("a", 70, 30, 1).metric("b", 70, 30, Reading::missing("no series"));
  scene.policy().metrics.back().scale_down.reset();
  EXPECT_EQ(scene.decide().reason, "ScaleDownVetoed");
}

TEST(ReadingsVeto, SaysWhenOnlyTheReadingsKeepTheTierLarge) {
  // One of two low is no quorum; two of two would be, and nobody knows the second.
  Scene scene;
  scene.metric("a", 70, 30, 1).metric("b", 70, 30, Reading::missing("no series"));
  EXPECT_EQ(scene.decide().reason, "ScaleDownVetoed");
  scene.inputs.readings[0].value = 50;
  EXPECT_EQ(scene.decide().reason, "WithinBand");
}

TEST(ReadingsVeto, APartialAnswerIsGoodForUpAndNotForDown) {
  EXPECT_EQ(Scene().metric("a", 70, 30, partial(90)).decide().to, 8);
  const Decision decision = Scene().metric("a", 70, 30, partial(1)).decide();
  EXPECT_EQ(decision.to, 5);
  EXPECT_EQ(decision.reason, "ScaleDownVetoed");
}

TEST(ReadingsVeto, ANumberThatIsNotFiniteIsInvalidWhateverItsState) {
  for (const double value : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    const Decision decision = Scene().metric("a", 70, 30, value).decide();
    EXPECT_EQ(decision.to, 5);
    EXPECT_EQ(decision.reason, "MetricsUnavailable");
  }
}

TEST(ReadingsVeto, AReadingThatWasNeverAskedForIsMissing) {
  Scene scene;
  scene.metric("a", 70, 30, 1).metric("b", 70, 30, 1).inputs.readings.pop_back();
  EXPECT_EQ(scene.decide().reason, "ScaleDownVetoed");
}

TEST(ReadingsVeto, NoScaleDownWhileNothingIsReady) {
  const Decision decision = Scene().ready(0).metric("a", 70, 30, 1).decide();
  EXPECT_EQ(decision.to, 5);
  EXPECT_EQ(decision.reason, "NoReadyReplicas");
  EXPECT_EQ(Scene().ready(0).metric("a", 70, 30, 90).decide().to, 8);
}

TEST(FreshStreak, AScaleDownNeedsThreeInARow) {
  Scene scene;
  scene.metric("a", 70, 30, 1);
  for (const int streak : {0, 1, 2}) {
    scene.inputs.fresh_streak = streak;
    EXPECT_EQ(scene.decide().reason, "FreshStreakIncomplete");
    EXPECT_EQ(scene.decide().to, 5);
  }
  scene.inputs.fresh_streak = 3;
  EXPECT_EQ(scene.decide().to, 4);
}

TEST(FreshStreak, DoesNotDelayAScaleUp) {
  Scene scene;
  scene.metric("a", 70, 30, 90).inputs.fresh_streak = 0;
  EXPECT_EQ(scene.decide().to, 8);
}

TEST(FreshStreak, IsBrokenByWhatVetoesAndByNothingElse) {
  Scene scene;
  scene.metric("a", 70, 30, 1).metric("b", 70, 30, Reading::missing("no series"));
  EXPECT_FALSE(keeps_fresh_streak(scene.tier, scene.inputs.readings));
  scene.ignoring_last();
  EXPECT_TRUE(keeps_fresh_streak(scene.tier, scene.inputs.readings));
  scene.inputs.readings[0] = partial(1);
  EXPECT_FALSE(keeps_fresh_streak(scene.tier, scene.inputs.readings));
  EXPECT_FALSE(keeps_fresh_streak(scene.tier, {}));
  EXPECT_FALSE(keeps_fresh_streak(Scene().tier, {}));  // nothing was read at all
}

}  // namespace
}  // namespace evalscaler::scaling
