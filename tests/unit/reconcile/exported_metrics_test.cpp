// SPDX-License-Identifier: Apache-2.0
// What a visit leaves in /metrics.
#include "reconcile/shown_replicas.hpp"

#include <gmock/gmock.h>

#include "unit/reconcile/visit_fixture.hpp"

namespace evalscaler::reconcile {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ExportedMetrics : public VisitFixture {};

TEST_F(ExportedMetrics, DecisionsReadingsAndReplicasAreCounted) {
  readings_.set("cpu", 90);
  apply();
  readings_.complete_round();
  expect_status_write();
  ASSERT_TRUE(visit());
  evaluate();
  const std::string text = metrics_.exposition();
  EXPECT_THAT(text, HasSubstr("evalscaler_decisions_total{direction=\"ScaleUp\","
                              "kind=\"Deployment\",reason=\"ThresholdExceeded\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("evalscaler_readings_total{state=\"Fresh\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("evalscaler_current_replicas{kind=\"Deployment\"} 8\n"));
  EXPECT_THAT(text, HasSubstr("evalscaler_desired_replicas{kind=\"Deployment\"} 8\n"));
  EXPECT_THAT(text, HasSubstr("target_write_duration_seconds_count{kind=\"Deployment\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("evalscaler_status_write_duration_seconds_count 2\n"));
}

TEST_F(ExportedMetrics, AServiceThatEndsTakesItsReplicasWithIt) {
  warm_up();
  EXPECT_THAT(metrics_.exposition(), HasSubstr("current_replicas{kind=\"Deployment\"} 5\n"));
  cache_.erase(kWeb);
  ASSERT_TRUE(visit());
  EXPECT_THAT(metrics_.exposition(), HasSubstr("current_replicas{kind=\"Deployment\"} 0\n"));
}

TEST_F(ExportedMetrics, ATierThatIsNoMoreOfTheSpecTakesItsReplicasWithIt) {
  warm_up();
  tier().name = "other";
  apply_new_spec();
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_THAT(metrics_.exposition(), HasSubstr("current_replicas{kind=\"Deployment\"} 5\n"));
}

TEST_F(ExportedMetrics, SingleTiersAreNamedOnlyOnRequest) {
  warm_up();
  EXPECT_THAT(metrics_.exposition(), Not(HasSubstr("evalscaler_tier_current_replicas{")));
  per_service_metrics_ = PerService::Exported;
  make_reconciler();
  evaluate_quietly();
  EXPECT_THAT(metrics_.exposition(),
              HasSubstr("evalscaler_tier_desired_replicas{namespace=\"ml\",service=\"web\","
                        "tier=\"app\"} 5\n"));
  cache_.erase(kWeb);
  ASSERT_TRUE(visit());
  EXPECT_THAT(metrics_.exposition(), Not(HasSubstr("evalscaler_tier_desired_replicas{")));
}

}  // namespace
}  // namespace evalscaler::reconcile
