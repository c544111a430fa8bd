// SPDX-License-Identifier: Apache-2.0
// The stages around the policy: off switch, pause, cooldown, bounds, cold start.
#include <gtest/gtest.h>

#include "scaling/cooldown.hpp"
#include "scene.hpp"

namespace evalscaler::scaling {
namespace {

using std::chrono::seconds;

std::vector<std::string> stages_of(const Decision& decision) {
  std::vector<std::string> names;
  for (const api::Step& step : decision.steps) names.push_back(step.stage);
  return names;
}
using Names = std::vector<std::string>;

TEST(SwitchedOff, ZeroByHandStaysZeroWhateverTheLoad) {
  const Decision decision = Scene().replicas(0).metric("cpu", 70, 30, 500).decide();
  EXPECT_EQ(decision.to, 0);
  EXPECT_EQ(decision.reason, "ScalingDisabled");
  EXPECT_EQ(stages_of(decision), Names{"switchedOff"});
  EXPECT_EQ(decision.score->up, 1);  // seen, and not acted on
}

TEST(SwitchedOff, ZeroIsANumberLikeOthersWhereTheMinimumIsZero) {
  EXPECT_EQ(Scene().replicas(0).bounds(0, 5).metric("queue", 70, 30, 90).decide().to, 3);
}

TEST(Paused, HoldsEverythingTheBoundsToo) {
  Scene scene;
  scene.replicas(60).metric("cpu", 70, 30, 90).inputs.mode = api::Mode::Paused;
  const Decision decision = scene.decide();
  EXPECT_EQ(decision.to, 60);
  EXPECT_EQ(decision.reason, "Paused");
  EXPECT_EQ(decision.message,
            "app holds at 60: spec.mode is Paused; set it to Auto or DryRun to go on");
}

TEST(DryRun, DecidesLikeAuto) {
  Scene scene;
  scene.metric("cpu", 70, 30, 90).inputs.mode = api::Mode::DryRun;
  EXPECT_EQ(scene.decide().to, 8);
}

TEST(CooldownPerDirection, UpWaitsForTheLastUpOnly) {
  EXPECT_EQ(Scene().metric("a", 70, 30, 90).scaled_up(seconds{299}).decide().to, 5);
  EXPECT_EQ(Scene().metric("a", 70, 30, 90).scaled_up(seconds{300}).decide().to, 8);
  EXPECT_EQ(Scene().metric("a", 70, 30, 90).scaled_down(seconds{1}).decide().to, 8);
}

TEST(CooldownPerDirection, DownWaitsForEitherChange) {
  EXPECT_EQ(Scene().metric("a", 70, 30, 1).scaled_up(seconds{299}).decide().to, 5);
  EXPECT_EQ(Scene().metric("a", 70, 30, 1).scaled_down(seconds{299}).decide().to, 5);
  EXPECT_EQ(Scene().metric("a", 70, 30, 1).scaled_down(seconds{300}).decide().to, 4);
}

TEST(CooldownPerDirection, EachDirectionHasItsOwnSeconds) {
  Scene scene;
  scene.metric("a", 70, 30, 90).scaled_up(seconds{100});
  scene.policy().scale_up.cooldown = seconds{60};
  scene.policy().scale_down.cooldown = seconds{600};
  EXPECT_EQ(scene.decide().to, 8);
  scene.inputs.readings[0].value = 1;
  EXPECT_EQ(scene.decide().to, 5);
}

TEST(Cooldown, SaysHowLongAndSinceWhen) {
  const Decision decision = Scene().metric("a", 70, 30, 90).scaled_up(seconds{120}).decide();
  EXPECT_EQ(decision.reason, "CooldownUp");
  EXPECT_EQ(decision.message,
            "app holds at 5: a 90 > 70 (score 0.2857); going to 8 waits 3m more (cooldown 5m "
            "after the change at 2026-01-01T11:58:00Z)");
  EXPECT_EQ(stages_of(decision), (Names{"threshold", "cooldown"}));
}

TEST(Cooldown, ZeroSecondsNeverBlock) {
  Scene scene;
  scene.metric("a", 70, 30, 90).scaled_up(seconds{0}).policy().scale_up.cooldown = seconds{0};
  EXPECT_EQ(scene.decide().to, 8);
}

TEST(Cooldown, AChangeFromTheFutureBlocksUntilItIsOver) {
  EXPECT_EQ(Scene().metric("a", 70, 30, 90).scaled_up(seconds{-10}).decide().to, 5);
}

TEST(Cooldown, CountsWhatIsLeftUpwardsToASecond) {
  Scene scene;
  scene.scaled_up(std::chrono::milliseconds(299'500));
  const Cooldown wait = cooldown_of(scene.built(), Direction::Up);
  EXPECT_EQ(wait.left(scene.inputs.now), seconds{1});
  EXPECT_EQ(wait.since_end(scene.inputs.now), seconds{0});
}

TEST(Bounds, BelowTheMinimumRisesAtOnceWhateverTheCooldown) {
  const Decision decision =
      Scene().bounds(8, 50).replicas(3).metric("a", 70, 30, 90).scaled_up(seconds{1}).decide();
  EXPECT_EQ(decision.to, 8);
  EXPECT_EQ(decision.reason, "BelowMinimum");
  EXPECT_EQ(stages_of(decision), (Names{"threshold", "cooldown", "bounds"}));
}

TEST(Bounds, AboveTheMaximumFallsWhateverTheCooldownAndTheStreak) {
  Scene scene;
  scene.replicas(60).ready(0).metric("a", 70, 30, 90).scaled_up(seconds{1});
  scene.inputs.fresh_streak = 0;
  const Decision decision = scene.decide();
  EXPECT_EQ(decision.to, 50);
  EXPECT_EQ(decision.reason, "AboveMaximum");
}

TEST(Bounds, AMinimumAboveTheMaximumWins) {
  EXPECT_EQ(Scene().bounds(9, 4).metric("a", 70, 30, 50).decide().to, 9);
  EXPECT_EQ(Scene().bounds(9, 4).replicas(9).metric("a", 70, 30, 90).decide().to, 9);
}

TEST(ColdStart, OnlyObserves) {
  Scene scene;
  scene.metric("a", 70, 30, 90).inputs.cold_start = true;
  const Decision decision = scene.decide();
  EXPECT_EQ(decision.to, 5);
  EXPECT_EQ(decision.reason, "ColdStart");
  EXPECT_EQ(decision.message,
            "app holds at 5: a 90 > 70 (score 0.2857); the first evaluation after a start only "
            "observes; the next one may go to 8");
  EXPECT_EQ(scene.replicas(60).decide().to, 60);
}

TEST(Decide, SameInputsSameBytes) {
  Scene scene;
  scene.metric("a", 70, 30, 90).metric("b", 70, 30, Reading::missing("x")).scaled_up(seconds{9});
  const Decision first = scene.decide();
  const Decision second = scene.decide();
  EXPECT_EQ(first.message, second.message);
  EXPECT_EQ(first.steps, second.steps);
}

TEST(Decide, AQuietHoldHasNoSteps) {
  const Decision decision = Scene().metric("a", 70, 30, 50).decide();
  EXPECT_TRUE(decision.steps.empty());
  EXPECT_EQ(decision.reason, "WithinBand");
}

}  // namespace
}  // namespace evalscaler::scaling
