// SPDX-License-Identifier: Apache-2.0
// Which reading would make targetTracking ask for another number.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scaling/explain.hpp"
#include "scaling/target_tracking.hpp"
#include "scene.hpp"

namespace evalscaler::scaling {
namespace {

using api::MetricTargetType;

struct Tracked : Scene {
  Tracked(Replicas count, Replicas ready_count, double tolerance) {
    tier.threshold.reset();
    tier.target_tracking.emplace().tolerance = Quantity{tolerance};
    replicas(count).ready(ready_count);
  }
  Tracked& track(const std::string& name, MetricTargetType type, double target, double value) {
    api::TrackedMetric metric;
    metric.name = name;
    metric.target = {type, Quantity{target}};
    tier.target_tracking->metrics.push_back(metric);
    inputs.readings.push_back(Reading::fresh_value(value));
    return *this;
  }
  std::string up() { return way_up(assess(built())); }
  std::string down() { return way_down(assess(built())); }
};

TEST(ExplainTracking, NamesTheReadingAndTheNumberItGives) {
  Tracked scene(5, 5, 0.1);
  scene.track("rps", MetricTargetType::Value, 100, 90);
  EXPECT_EQ(scene.up(), "up needs rps > 110 (is 90; gives 6)");
  EXPECT_EQ(scene.down(), "down needs rps <= 80 (is 90; gives 4)");
}

TEST(ExplainTracking, ATotalIsComparedPerReplica) {
  Tracked scene(10, 10, 0.2);
  scene.track("jobs", MetricTargetType::AverageValue, 30, 300);
  EXPECT_EQ(scene.up(), "up needs jobs > 360 (is 300; gives 13)");
  EXPECT_EQ(scene.down(), "down needs jobs < 240 (is 300; gives 8)");
}

TEST(ExplainTracking, ReplicasThatAreNotReadyTakeMoreLoadBeforeItGoesUp) {
  Tracked scene(10, 5, 0.1);
  scene.track("rps", MetricTargetType::Utilization, 50, 40);
  EXPECT_EQ(scene.up(), "up needs rps > 100 (is 40; gives 11)");
  scene.ready(0);
  EXPECT_EQ(scene.up(), "up needs a replica that is ready");
}

TEST(ExplainTracking, DownNamesEveryMetricThatKeepsIt) {
  Tracked scene(5, 5, 0.1);
  scene.track("rps", MetricTargetType::Value, 100, 10)
      .track("cpu", MetricTargetType::Value, 60, 60);
  EXPECT_EQ(scene.down(), "down needs cpu <= 48 (is 60; gives 4)");
}

// The limits against the arithmetic that decides: just beyond them another number comes out.
TEST(ExplainTracking, LimitsAreWhereTheArithmeticTurns) {
  for (const auto type : {MetricTargetType::Value, MetricTargetType::AverageValue}) {
    for (const double tolerance : {0.0, 0.1, 0.35}) {
      for (Replicas count = 1; count <= 40; ++count) {
        for (Replicas ready = 1; ready <= count; ready += 3) {
          Tracked scene(count, ready, tolerance);
          scene.track("m", type, 70, 0);
          const auto proposal = [&](double value) {
            scene.inputs.readings[0].value = value;
            const Situation situation = assess(scene.built());
            return tracked_proposal(situation.metrics[0], scene.inputs);
          };
          const Situation situation = assess(scene.built());
          const auto up = limit_up(situation.metrics[0], scene.inputs);
          const auto down = limit_down(situation.metrics[0], scene.inputs);
          ASSERT_TRUE(up && down);
          EXPECT_EQ(proposal(up->value * (1 + 1e-7)), up->gives) << count << " " << ready;
          EXPECT_EQ(proposal(up->value * (1 - 1e-7)), count) << count << " " << ready;
          EXPECT_EQ(proposal(down->value * (1 - 1e-7)), down->gives) << count << " " << ready;
          EXPECT_EQ(proposal(down->value * (1 + 1e-7) + 1e-6), count) << count << " " << ready;
        }
      }
    }
  }
}

}  // namespace
}  // namespace evalscaler::scaling
