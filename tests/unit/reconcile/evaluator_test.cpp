// SPDX-License-Identifier: Apache-2.0
#include "reconcile/evaluator.hpp"

#include <gtest/gtest.h>

#include "fakes/fixed_readings.hpp"
#include "scaling/reasons.hpp"

namespace evalscaler::reconcile {
namespace {

class EvaluatorTest : public ::testing::Test {
 protected:
  EvaluatorTest() {
    api::ThresholdMetric metric;
    metric.name = "cpu";
    metric.scale_up = Quantity{70};
    api::Tier tier;
    tier.name = "app";
    tier.min_replicas = 2;
    tier.max_replicas = 20;
    tier.threshold = api::ThresholdPolicy{};
    tier.threshold->metrics.push_back(metric);
    tier.threshold->scale_up.step = 3;
    service_.meta.generation = 7;
    service_.spec.tiers.push_back(tier);
    service_.status.observed_generation = 7;
    service_.status.tiers.push_back({});
    service_.status.tiers.front().name = "app";
    service_.status.tiers.front().metrics.push_back({});
    readings_.set("cpu", 90);
  }

  // The first evaluation of a new process.
  std::string first_reason(std::function<bool()> relieves) {
    ServiceVisit visit;
    visit.service = std::make_shared<ServiceObject>(service_);
    visit.round = 1;
    TierVisit tier;
    tier.tier = &visit.service->spec.tiers.front();
    tier.seen = api::TargetObservation{};
    tier.seen->spec_replicas = 5;
    tier.seen->ready_replicas = 5;
    TierMemory memory;
    return std::string(Evaluator(readings_, 1000, std::move(relieves))
                           .evaluate(tier, visit, memory)
                           .decision.reason);
  }

  fakes::FixedReadings readings_;
  ServiceObject service_;
};

TEST_F(EvaluatorTest, FirstEvaluationAfterAStartOnlyObserves) {
  EXPECT_EQ(first_reason({}), scaling::reasons::kColdStart);
  EXPECT_EQ(first_reason([] { return false; }), scaling::reasons::kColdStart);
}

TEST_F(EvaluatorTest, TakeoverFromALeaderAtWorkGoesOnWhereItWas) {
  EXPECT_EQ(first_reason([] { return true; }), scaling::reasons::kThresholdExceeded);
}

TEST_F(EvaluatorTest, TakeoverOnlyObservesWhatTheLastLeaderHasNotEvaluated) {
  service_.status.observed_generation = 6;
  EXPECT_EQ(first_reason([] { return true; }), scaling::reasons::kColdStart);
  service_.status.observed_generation = 7;
  service_.status.tiers.front().metrics.clear();
  EXPECT_EQ(first_reason([] { return true; }), scaling::reasons::kColdStart);
  service_.status.tiers.clear();
  EXPECT_EQ(first_reason([] { return true; }), scaling::reasons::kColdStart);
}

}  // namespace
}  // namespace evalscaler::reconcile
