// SPDX-License-Identifier: Apache-2.0
#include "reconcile/live_view.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "visit_fixture.hpp"

namespace evalscaler::reconcile {
namespace {

using testing::HasSubstr;

class LiveViews : public VisitFixture {
 protected:
  Result<api::ServiceExplanation> look() {
    return LiveView(cache_, reconciler_->memory(), readings_, clock_).explain(kWeb, {});
  }
};

TEST_F(LiveViews, TellsWhatTheLastEvaluationsLeft) {
  warm_up();
  clock_.advance(std::chrono::seconds(4));
  const auto live = look();
  ASSERT_TRUE(live) << live.error().message;
  EXPECT_EQ(live->key, kWeb);
  EXPECT_EQ(live->generation, 1);
  EXPECT_EQ(live->as_of, clock_.wall());
  EXPECT_EQ(live->next_visit, 26);
  ASSERT_EQ(live->tiers.size(), 1U);
  const api::TierExplanation& tier = live->tiers[0];
  EXPECT_EQ(tier.target, "Deployment web");
  EXPECT_EQ(tier.current, 5);
  EXPECT_EQ(tier.ready, 5);
  EXPECT_EQ(tier.desired, 5);
  EXPECT_EQ(tier.fresh_streak, 3);
  ASSERT_TRUE(tier.last_decision.has_value());
  EXPECT_EQ(tier.last_decision->reason, "WithinBand");
  EXPECT_EQ(tier.metrics.at(0).up, 70);
  EXPECT_EQ(tier.up.needs, "up needs cpu > 70 (is 50)");
}

// The status still holds the value it was last written with.
TEST_F(LiveViews, ReadingsAreThoseOfTheLastPoll) {
  warm_up();
  readings_.set("cpu", 68);
  const auto live = look();
  ASSERT_TRUE(live);
  EXPECT_EQ(live->tiers[0].metrics[0].reading.value, 68);
  EXPECT_THAT(live->tiers[0].up.needs, HasSubstr("(is 68)"));
  EXPECT_EQ(status().tiers[0].metrics[0].value, 50);
}

TEST_F(LiveViews, KnowsTheCooldownThatAScaleHasJustStarted) {
  warm_up();
  readings_.set("cpu", 90);
  evaluate();
  ASSERT_EQ(target_.writes.size(), 1U);
  clock_.advance(std::chrono::seconds(18));
  const auto live = look();
  ASSERT_TRUE(live);
  const api::TierExplanation& tier = live->tiers[0];
  EXPECT_EQ(tier.current, 8);
  EXPECT_TRUE(tier.last_decision->applied);
  EXPECT_EQ(tier.up.cooldown_left, 282);
  ASSERT_FALSE(tier.up.obstacles.empty());
  EXPECT_EQ(tier.up.obstacles.back().reason, "CooldownUp");
}

TEST_F(LiveViews, NamesWhatIsInTheWay) {
  service_.paused = "scale-down";
  warm_up();
  readings_.set("cpu", Reading::missing("no series"));
  next_round();
  expect_status_write();
  ASSERT_TRUE(visit());
  const auto live = look();
  ASSERT_TRUE(live);
  std::vector<std::string> reasons;
  for (const auto& each : live->tiers[0].down.obstacles) reasons.push_back(each.reason);
  EXPECT_THAT(reasons, testing::Contains("ScaleDownPaused"));
  EXPECT_THAT(reasons, testing::Contains("MetricsUnavailable"));
  EXPECT_EQ(live->tiers[0].fresh_streak, 0);
}

TEST_F(LiveViews, AServiceThatIsNotLookedAfterIsNotFound) {
  const auto live = look();
  ASSERT_FALSE(live);
  EXPECT_EQ(live.error().kind, ErrorKind::NotFound);
}

TEST_F(LiveViews, BeforeTheFirstVisitAndAfterAnEditThereIsNothingToSay) {
  apply();
  const auto early = look();
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().kind, ErrorKind::Unavailable);
  EXPECT_THAT(early.error().message, HasSubstr("not looked at yet"));
  warm_up();
  apply_new_spec();
  const auto edited = look();
  ASSERT_FALSE(edited);
  EXPECT_THAT(edited.error().message, HasSubstr("latest edit"));
}

TEST_F(LiveViews, BeforeTheFirstEvaluationItSaysSo) {
  apply();
  expect_status_write();
  ASSERT_TRUE(visit());
  const auto live = look();
  ASSERT_TRUE(live) << live.error().message;
  EXPECT_EQ(live->tiers[0].current, 5);
  EXPECT_THAT(live->tiers[0].problem, HasSubstr("not evaluated yet"));
  EXPECT_FALSE(live->tiers[0].fresh_streak.has_value());
}

// Whoever looks gives up; the visit is not disturbed.
TEST_F(LiveViews, AVisitThatWaitsForTheApiServerIsNotWaitedForLong) {
  warm_up();
  readings_.set("cpu", 90);
  std::optional<Result<api::ServiceExplanation>> live;
  target_.on_its_way = [&] {
    std::atomic<bool> done{false};
    std::jthread reader([&] {
      live = look();
      done = true;
    });
    while (!done) clock_.advance(kPatienceForVisit / 10);
  };
  evaluate();
  ASSERT_TRUE(live.has_value());
  ASSERT_FALSE(*live);
  EXPECT_EQ(live->error().kind, ErrorKind::Unavailable);
  EXPECT_THAT(live->error().message, HasSubstr("a visit is under way"));
  EXPECT_EQ(target_.seen.spec_replicas, 8);
}

}  // namespace
}  // namespace evalscaler::reconcile
