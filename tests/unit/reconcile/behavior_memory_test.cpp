// SPDX-License-Identifier: Apache-2.0
// What `behavior` must not forget, and that remembering it costs no writes of its own.
#include "reconcile/reconciler.hpp"
#include "unit/reconcile/visit_fixture.hpp"

namespace evalscaler::reconcile {
namespace {

using std::chrono::seconds;
using Writes = std::vector<std::string>;

class BehaviorMemoryTest : public VisitFixture {
 protected:
  BehaviorMemoryTest() {
    api::Behavior behavior;
    behavior.scale_up.policies.push_back({api::ScalingPolicyType::Pods, 3, seconds(600)});
    behavior.scale_down.stabilization_window = seconds(300);
    tier().behavior = behavior;
    tier().threshold->scale_up.cooldown = seconds(0);
  }
};

TEST_F(BehaviorMemoryTest, ScaleThatNoStatusKnowsCountsForTheRateLimit) {
  warm_up();
  readings_.set("cpu", 90);
  next_round();
  expect_status_write(fail(ErrorKind::Unavailable, "killed here"));
  EXPECT_FALSE(visit());
  ASSERT_EQ(target_.writes, Writes{"5->8"});
  ASSERT_TRUE(status().tiers[0].scale_events.empty());
  make_reconciler();
  evaluate();
  ASSERT_EQ(status().tiers[0].scale_events.size(), 1U);
  EXPECT_EQ(status().tiers[0].scale_events[0].change, 3);
  evaluate();
  EXPECT_EQ(condition("ScalingLimited"), "True/ScaleUpLimit");
  EXPECT_EQ(target_.writes, Writes{"5->8"}) << "3 pods in 10 min are used up";
}

TEST_F(BehaviorMemoryTest, ScaleThatLandsLateCountsOnce) {
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
  ASSERT_TRUE(visit()) << "another try at the same round";
  ASSERT_EQ(status().tiers[0].scale_events.size(), 1U);
  EXPECT_EQ(status().tiers[0].scale_events[0].change, 3);
  EXPECT_EQ(target_.writes, Writes{"5->8"});
  make_reconciler();
  for (int i = 0; i < 3; ++i) evaluate_quietly();
  EXPECT_EQ(status().tiers[0].scale_events.size(), 1U) << "status knows it";
}

TEST_F(BehaviorMemoryTest, ForeignWriteIsNoScaleOfOurs) {
  warm_up();
  target_.seen.spec_replicas = target_.seen.ready_replicas = 12;
  target_.seen.last_writer = api::ReplicasWriter{"kubectl", std::nullopt};
  evaluate();
  EXPECT_TRUE(status().tiers[0].scale_events.empty());
}

TEST_F(BehaviorMemoryTest, ProposalsThatChangeCauseNoWrites) {
  tier().threshold.reset();
  tier().target_tracking = api::TargetTracking{};
  api::TrackedMetric metric;
  metric.name = "queue";
  metric.target = {api::MetricTargetType::AverageValue, Quantity{1}};
  tier().target_tracking->metrics.push_back(metric);
  readings_.set("queue", 5.0);
  warm_up();
  readings_.set("queue", 3.0);
  evaluate();
  ASSERT_EQ(condition("ScalingLimited"), "True/ScaleDownStabilized");
  const auto before = status().tiers[0].recommendations;
  for (int i = 0; i < 15; ++i) {
    readings_.set("queue", i % 2 == 0 ? 3.05 : 2.95);  // 4 and 3 replicas
    evaluate_quietly();
  }
  EXPECT_EQ(status().tiers[0].recommendations, before);
  target_.seen.rollout = api::Rollout::Paused;
  evaluate();
  EXPECT_NE(status().tiers[0].recommendations, before) << "they ride along";
}

}  // namespace
}  // namespace evalscaler::reconcile
