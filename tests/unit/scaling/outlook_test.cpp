// SPDX-License-Identifier: Apache-2.0
#include "scaling/outlook.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"
#include "scene.hpp"

namespace evalscaler::scaling {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

api::TierExplanation ahead(Scene& scene) {
  api::TierExplanation out;
  look_ahead(scene.built(), out);
  return out;
}

const api::Obstacle* find(const api::WayOut& way, std::string_view reason) {
  for (const api::Obstacle& each : way.obstacles) {
    if (each.reason == reason) return &each;
  }
  return nullptr;
}

// Five replicas, nothing beyond, nothing low.
Scene quiet() {
  Scene scene;
  scene.metric("cpu", 70, 30, 50);
  return scene;
}

void give_behavior(Scene& scene, seconds down_window) {
  scene.tier.behavior.emplace();
  scene.tier.behavior->scale_down.stabilization_window = down_window;
  scene.tier.behavior->scale_up.policies = {{api::ScalingPolicyType::Pods, 4, seconds(60)}};
}

TEST(Outlook, NothingIsInTheWayOfAQuietTier) {
  Scene scene = quiet();
  const api::TierExplanation out = ahead(scene);
  EXPECT_TRUE(out.up.obstacles.empty());
  EXPECT_TRUE(out.down.obstacles.empty());
  EXPECT_EQ(out.up.needs, "up needs cpu > 70 (is 50)");
  EXPECT_FALSE(out.up.room.has_value());
}

TEST(Outlook, TellsScoresAndWhatTheyShouldBe) {
  Scene scene;
  scene.reference_setting().metric("cpu", 70, 30, 84).metric("mem", 70, 30, 10);
  const api::TierExplanation out = ahead(scene);
  EXPECT_DOUBLE_EQ(out.up.score->is, 0.2);
  EXPECT_DOUBLE_EQ(out.up.score->needed, 0.7);
  EXPECT_DOUBLE_EQ(out.down.score->is, 0.5);
  EXPECT_THAT(out.up.needs, HasSubstr("up needs a score of 0.7, is 0.2: cpu >= 119 (is 84)"));
  EXPECT_THAT(out.down.needs, HasSubstr("down needs 2 of 2 low, has 1 (needed 0.7, saw 0.5; next"));
}

TEST(Outlook, ACooldownIsInTheWayUntilItIsOver) {
  Scene scene = quiet();
  scene.scaled_up(seconds(258));
  const api::TierExplanation out = ahead(scene);
  EXPECT_EQ(out.up.cooldown_left, 42);
  ASSERT_NE(find(out.up, reasons::kCooldownUp), nullptr);
  EXPECT_EQ(find(out.up, reasons::kCooldownUp)->until, Scene::noon() + seconds(42));
  EXPECT_THAT(find(out.up, reasons::kCooldownUp)->message, HasSubstr("waits 42s more"));
  ASSERT_NE(find(out.down, reasons::kCooldownDown), nullptr);
}

TEST(Outlook, EachGuardThatEndsByItselfSaysWhen) {
  Scene scene = quiet();
  scene.inputs.target.rollout = api::Rollout::Paused;
  scene.inputs.guards.rollout_since = Scene::noon() - minutes(4);
  scene.inputs.guards.population_drop = PopulationDrop{9, Scene::noon() - minutes(1)};
  scene.replicas(10).ready(5).scaled_up(seconds(20));
  const api::TierExplanation out = ahead(scene);
  EXPECT_EQ(find(out.down, reasons::kRolloutInProgress)->until, Scene::noon() + minutes(6));
  EXPECT_THAT(find(out.down, reasons::kRolloutInProgress)->message, HasSubstr("for 6m more"));
  EXPECT_EQ(find(out.down, reasons::kPopulationDropped)->until, Scene::noon() + minutes(9));
  EXPECT_EQ(find(out.up, reasons::kCapacityPending)->until, Scene::noon() + seconds(100));
  EXPECT_EQ(find(out.up, reasons::kRolloutInProgress), nullptr);
}

TEST(Outlook, WhatSomebodyHasToEndHasNoTime) {
  Scene scene = quiet();
  scene.inputs.target.rollout = api::Rollout::Running;
  scene.inputs.guards.rollout_since = Scene::noon();
  scene.inputs.guards.pause = {Pause::Which::Up, "because"};
  scene.inputs.guards.other_autoscaler = "HorizontalPodAutoscaler web";
  const api::TierExplanation out = ahead(scene);
  EXPECT_FALSE(find(out.down, reasons::kRolloutInProgress)->until.has_value());
  EXPECT_NE(find(out.up, reasons::kScaleUpPaused), nullptr);
  EXPECT_EQ(find(out.down, reasons::kScaleDownPaused), nullptr);
  EXPECT_NE(find(out.up, reasons::kOtherAutoscaler), nullptr);
  EXPECT_NE(find(out.down, reasons::kOtherAutoscaler), nullptr);
}

TEST(Outlook, AContestEndsAfterItsHour) {
  Scene scene = quiet();
  scene.inputs.guards.contest = api::Contest{"helm", {}, Scene::noon() - minutes(20)};
  const api::TierExplanation out = ahead(scene);
  EXPECT_EQ(find(out.up, reasons::kContested)->until, Scene::noon() + minutes(40));
}

TEST(Outlook, ReadingsThatAreNotFreshAreInTheWayOfGoingDownOnly) {
  Scene scene = quiet();
  scene.metric("queue", 50, 5, Reading::missing("no series"));
  const api::TierExplanation out = ahead(scene);
  EXPECT_THAT(find(out.down, reasons::kScaleDownVetoed)->message, HasSubstr("queue is Missing"));
  EXPECT_TRUE(out.up.obstacles.empty());
}

TEST(Outlook, NamesTheProposalThatHoldsAndForHowLong) {
  Scene scene = quiet();
  give_behavior(scene, seconds(300));
  scene.inputs.recommendations = {{Scene::noon() - seconds(400), 20},
                                  {Scene::noon() - seconds(290), 8},
                                  {Scene::noon() - seconds(130), 8},
                                  {Scene::noon() - seconds(10), 5}};
  const api::TierExplanation now = ahead(scene);
  const auto* held = find(now.down, reasons::kScaleDownStabilized);
  ASSERT_NE(held, nullptr);
  EXPECT_EQ(held->until, Scene::noon() + seconds(170));
  EXPECT_EQ(held->message, "held at 5 by the proposal of 8 made 2m10s ago; for 2m50s more");
  scene.inputs.now += seconds(170);
  const api::TierExplanation then = ahead(scene);
  const auto* next = find(then.down, reasons::kScaleDownStabilized);
  ASSERT_NE(next, nullptr);
  EXPECT_THAT(next->message, HasSubstr("by the proposal of 5 made 3m ago"));
}

TEST(Outlook, TellsHowFarTheRateLimitsLetItGoAndWhenFurther) {
  Scene scene = quiet();
  give_behavior(scene, seconds(0));
  scene.inputs.scale_events = {{Scene::noon() - seconds(48), 3}};
  const auto room = rate_room(scene.built(), Direction::Up);
  ASSERT_TRUE(room.has_value());
  EXPECT_EQ(room->to, 6);
  EXPECT_EQ(room->more_at, Scene::noon() + seconds(12));
  scene.inputs.now += seconds(12);
  EXPECT_EQ(rate_room(scene.built(), Direction::Up)->to, 9);
}

TEST(Outlook, AStepThatWouldFlapIsInItsOwnWay) {
  Scene scene;
  scene.metric("cpu", 70, 60, 58).proportional_last().replicas(3);
  const api::TierExplanation out = ahead(scene);
  EXPECT_EQ(out.down.needs, "down is asked for: 1 of 1 metrics are low: cpu 58 < 60");
  ASSERT_NE(find(out.down, reasons::kWouldFlap), nullptr);
  EXPECT_THAT(find(out.down, reasons::kWouldFlap)->message, HasSubstr("about 87 > 70"));
}

TEST(Outlook, AFallbackNamesItsOwnNumber) {
  Scene scene;
  scene.metric("cpu", 70, 30, Reading::missing("no series"));
  scene.tier.fallback = api::Fallback{9, seconds(60)};
  scene.inputs.guards.unavailable_since = Scene::noon() - minutes(2);
  const api::TierExplanation out = ahead(scene);
  EXPECT_THAT(find(out.down, reasons::kFallback)->message, HasSubstr("fallback.replicas is 9"));
}

TEST(Outlook, WhatIsAskedForAlreadyIsNotNeeded) {
  Scene scene;
  scene.metric("cpu", 70, 30, 84);
  EXPECT_EQ(ahead(scene).up.needs, "up is asked for: cpu 84 > 70 (score 0.2)");
}

// A stage that is added and has nothing to say of one replica more or less would show up here.
TEST(Outlook, AsksTheStagesAndNotAListOfItsOwn) {
  Scene scene = quiet();
  scene.inputs.mode = api::Mode::Paused;
  scene.inputs.target.controller_owner = "Rollout/web";
  scene.inputs.cold_start = true;
  std::vector<std::string> stages;
  for (const api::Step& step : in_the_way(scene.built(), Direction::Up)) {
    stages.push_back(step.stage);
  }
  EXPECT_THAT(stages, testing::ElementsAre("paused", "owner", "coldStart"));
}

}  // namespace
}  // namespace evalscaler::scaling
