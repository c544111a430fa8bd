// SPDX-License-Identifier: Apache-2.0
// What counting costs, and where it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "fakes/allocation_counter.hpp"
#include "telemetry/metrics.hpp"

namespace evalscaler::telemetry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(MetricsCost, ASeriesThatIsKnownTakesNoAllocation) {
  Metrics metrics;
  const auto use = [&] {
    metrics.add(Metric::Decisions, {"StatefulSet", "Hold", "FreshStreakIncomplete"});
    metrics.add(Metric::Readings, {"Fresh"});
    metrics.set(Metric::TierDesiredReplicas, {"a-namespace", "a-service-of-some-length", "app"}, 3);
    metrics.observe(Metric::TargetWriteSeconds, {"Deployment"}, 0.1);
    metrics.observe(Metric::StatusWriteSeconds, {}, 0.1);
  };
  use();
  const std::size_t before = fakes::allocations();
  for (int i = 0; i < 100; ++i) use();
  EXPECT_EQ(fakes::allocations(), before);
  EXPECT_THAT(metrics.exposition(), HasSubstr("reason=\"FreshStreakIncomplete\"} 101\n"));
}

TEST(MetricsCost, SeriesOfTiersEndAtALimitAndAreMissed) {
  Metrics metrics;
  for (std::size_t i = 0; i < kMostPerService + 3; ++i) {
    metrics.set(Metric::TierCurrentReplicas, {"ml", "web", std::to_string(i)}, 1);
  }
  const std::string text = metrics.exposition();
  EXPECT_THAT(text, HasSubstr("tier=\"" + std::to_string(kMostPerService - 1) + "\""));
  EXPECT_THAT(text, Not(HasSubstr("tier=\"" + std::to_string(kMostPerService) + "\"")));
  EXPECT_THAT(text, HasSubstr("evalscaler_left_out_series_total"
                              "{metric=\"evalscaler_tier_current_replicas\"} 3\n"));
}

TEST(MetricsCost, ARemovedSeriesIsGoneAndItsRoomIsFree) {
  Metrics metrics;
  for (std::size_t i = 0; i < 2 * kMostPerService; ++i) {
    metrics.set(Metric::TierCurrentReplicas, {"ml", "web", std::to_string(i)}, 1);
    metrics.remove(Metric::TierCurrentReplicas, {"ml", "web", std::to_string(i)});
  }
  metrics.set(Metric::TierCurrentReplicas, {"ml", "web", "last"}, 7);
  const std::string text = metrics.exposition();
  EXPECT_THAT(text, HasSubstr("tier=\"last\"} 7\n"));
  EXPECT_THAT(text, Not(HasSubstr("tier=\"0\"")));
  EXPECT_THAT(text, Not(HasSubstr("left_out_series_total{")));
}

}  // namespace
}  // namespace evalscaler::telemetry
