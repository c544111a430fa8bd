// SPDX-License-Identifier: Apache-2.0
// targetTracking's edges, one claim each; the rest is in hpa_differential_test.cpp.
#include <gtest/gtest.h>

#include "scene.hpp"

namespace evalscaler::scaling {
namespace {

class Tracking : public testing::Test {
 protected:
  Tracking() {
    scene_.tier.threshold.reset();
    scene_.tier.target_tracking.emplace();
  }
  void metric(api::MetricTargetType type, double target, double value) {
    scene_.tier.target_tracking->metrics.push_back(
        {"queue", "", {type, Quantity{target}}, api::OnUnavailable::HoldDown});
    scene_.inputs.readings.push_back(Reading::fresh_value(value));
  }

  Scene scene_;
};

TEST_F(Tracking, FromZeroReplicasTheRatioItselfIsTheNumber) {
  metric(api::MetricTargetType::Value, 10, 25);
  EXPECT_EQ(scene_.bounds(0, 50).replicas(0).decide().to, 3);
}

TEST_F(Tracking, FromZeroReplicasATotalIsSharedOut) {
  metric(api::MetricTargetType::AverageValue, 10, 25);
  EXPECT_EQ(scene_.bounds(0, 50).replicas(0).decide().to, 3);
}

TEST_F(Tracking, NothingToDoAtZeroStaysThere) {
  metric(api::MetricTargetType::AverageValue, 10, 0);
  EXPECT_EQ(scene_.bounds(0, 50).replicas(0).decide().to, 0);
}

TEST_F(Tracking, ALoadBeyondAllNumbersEndsAtTheMaximum) {
  metric(api::MetricTargetType::AverageValue, 1e-9, 1e300);
  EXPECT_EQ(scene_.replicas(40).decide().to, 50);
}

TEST_F(Tracking, ANegativeReadingAsksForNothing) {
  metric(api::MetricTargetType::Value, 10, -5);
  EXPECT_EQ(scene_.decide().to, 1);
}

}  // namespace
}  // namespace evalscaler::scaling
