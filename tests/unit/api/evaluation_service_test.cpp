// SPDX-License-Identifier: Apache-2.0
// The schema's limits are tried one by one in tests/golden; here are the rules between fields.
#include "api/evaluation_service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace evalscaler::api {
namespace {

ThresholdMetric metric(std::string name, std::optional<Quantity> up, std::optional<Quantity> down) {
  ThresholdMetric out;
  out.name = std::move(name);
  out.scale_up = up;
  out.scale_down = down;
  return out;
}

Tier tier(std::string name, std::string target) {
  Tier out;
  out.name = std::move(name);
  out.target.name = std::move(target);
  out.max_replicas = 10;
  out.threshold.emplace().metrics = {metric("cpu_usage", Quantity{70}, Quantity{30})};
  return out;
}

ServiceSpec service(std::vector<Tier> tiers) {
  ServiceSpec out;
  out.tiers = std::move(tiers);
  return out;
}

std::vector<std::string> problems(const ServiceSpec& spec) {
  std::vector<std::string> out;
  for (const FieldProblem& problem : validate(spec)) out.push_back(problem.text());
  return out;
}

std::vector<std::string> problems_of(const ThresholdMetric& one) {
  Tier app = tier("app", "web");
  app.threshold->metrics = {one};
  return problems(service({app}));
}

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const std::string metric_path = "spec.tiers[0].threshold.metrics[0].";

TEST(Validate, NothingIsWrongWithASoundService) {
  EXPECT_THAT(problems(service({tier("app", "web"), tier("batch", "batch")})), IsEmpty());
}

TEST(Validate, MinimumAboveMaximumNamesBoth) {
  Tier app = tier("app", "web");
  app.min_replicas = 11;
  EXPECT_THAT(problems(service({app})),
              ElementsAre("spec.tiers[0].minReplicas: minReplicas must not be greater than "
                          "maxReplicas (11 > 10)"));
}

TEST(Validate, ThresholdsMustStandOnTheirSides) {
  EXPECT_THAT(problems_of(metric("cpu_usage", Quantity{30}, Quantity{70})),
              ElementsAre(metric_path +
                          "scaleDownThreshold: scaleDownThreshold must be below scaleUpThreshold "
                          "(70 and 30); if lower values of this metric are the bad ones, say "
                          "worse: Lower"));
  EXPECT_THAT(problems_of(metric("cpu_usage", Quantity{70}, Quantity{70})), testing::SizeIs(1));

  ThresholdMetric lower = metric("hit_rate", Quantity{95}, Quantity{80});
  lower.worse = Worse::Lower;
  EXPECT_THAT(problems_of(lower),
              ElementsAre(metric_path +
                          "scaleDownThreshold: scaleDownThreshold must be above scaleUpThreshold "
                          "when worse is Lower (80 and 95)"));
  std::swap(lower.scale_up, lower.scale_down);
  EXPECT_THAT(problems_of(lower), IsEmpty());
}

TEST(Validate, OneThresholdIsEnoughNoneIsNot) {
  EXPECT_THAT(problems_of(metric("a", Quantity{70}, {})), IsEmpty());
  EXPECT_THAT(problems_of(metric("a", {}, Quantity{0})), IsEmpty());
  EXPECT_THAT(problems_of(metric("a", {}, {})),
              ElementsAre(StartsWith(metric_path + "scaleUpThreshold: set scaleUpThreshold")));
}

TEST(Validate, ThresholdsAreFiniteAndNotNegative) {
  for (const double bad :
       {-1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    EXPECT_THAT(problems_of(metric("a", Quantity{bad}, {})),
                ElementsAre(metric_path + "scaleUpThreshold: must be a number of at least 0"))
        << bad;
  }
}

TEST(Validate, NamesAndTargetsAreUsedOnce) {
  EXPECT_THAT(problems(service({tier("app", "web"), tier("app", "other")})),
              ElementsAre("spec.tiers[1].name: is the name of an earlier tier, too"));
  EXPECT_THAT(
      problems(service({tier("app", "web"), tier("more", "web")})),
      ElementsAre(HasSubstr("spec.tiers[1].scaleTargetRef: tier 'app' has the same target")));

  Tier app = tier("app", "web");
  app.threshold->metrics.push_back(app.threshold->metrics[0]);
  EXPECT_THAT(problems(service({app})),
              ElementsAre("spec.tiers[0].threshold.metrics[1].name: is the name of an earlier "
                          "metric, too"));
}

TEST(Validate, ATierNeedsAPolicy) {
  Tier app = tier("app", "web");
  app.threshold.reset();
  EXPECT_THAT(
      problems(service({app})),
      ElementsAre(
          "spec.tiers[0].threshold: a tier needs a policy, add threshold or targetTracking"));
}

Tier tracked(Quantity target) {
  Tier app = tier("app", "web");
  app.threshold.reset();
  app.target_tracking = TargetTracking{{{"jobs", "", {MetricTargetType::Value, target}}}};
  return app;
}

TEST(Validate, ATierHasOnePolicy) {
  Tier both = tracked(Quantity{5});
  EXPECT_THAT(problems(service({both})), testing::IsEmpty());
  both.threshold = tier("app", "web").threshold;
  EXPECT_THAT(problems(service({both})),
              ElementsAre(HasSubstr("targetTracking: a tier has one policy")));
}

TEST(Validate, ATargetIsAboveZero) {
  for (const double bad : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THAT(problems(service({tracked(Quantity{bad})})),
                ElementsAre(HasSubstr("metrics[0].target.value: must be above 0")))
        << bad;
  }
}

TEST(Validate, BehaviorIsInsideTheLimitsOfTheHorizontalPodAutoscaler) {
  using std::chrono::seconds;
  Tier app = tier("app", "web");
  app.behavior = Behavior{};
  app.behavior->scale_down.policies = {{ScalingPolicyType::Percent, 10, seconds(1801)},
                                       {ScalingPolicyType::Pods, 0, seconds(60)}};
  app.behavior->scale_up.stabilization_window = seconds(3601);
  EXPECT_THAT(
      problems(service({app})),
      ElementsAre(HasSubstr("behavior.scaleUp.stabilizationWindowSeconds: must be from 0 to 3600"),
                  HasSubstr("behavior.scaleDown.policies[0].periodSeconds: must be from 1 to 1800"),
                  HasSubstr("behavior.scaleDown.policies[1].value: must be from 1 to 1000000")));
}

TEST(Validate, AFallbackFitsBelowTheMaximum) {
  Tier app = tier("app", "web");
  app.fallback = Fallback{app.max_replicas + 1};
  EXPECT_THAT(problems(service({app})),
              ElementsAre(HasSubstr("fallback.replicas: must not be greater than maxReplicas")));
}

TEST(Validate, AStatefulSetSaysWhatItHolds) {
  Tier set = tier("cache", "redis");
  set.target.kind = "StatefulSet";
  set.min_replicas = 3;
  EXPECT_THAT(
      problems(service({set})),
      ElementsAre(StartsWith("spec.tiers[0].statefulSet: a StatefulSet loses its highest")));
  set.stateful_set.emplace();
  EXPECT_THAT(problems(service({set})),
              ElementsAre(StartsWith("spec.tiers[0].statefulSet.ordinalRemovalIsSafe: must be")));
  set.stateful_set->ordinal_removal_is_safe = true;
  EXPECT_THAT(problems(service({set})), IsEmpty());
  set.redis_cluster.emplace();
  EXPECT_THAT(problems(service({set})),
              ElementsAre(HasSubstr("one of statefulSet and redisCluster")));
  set.stateful_set.reset();
  EXPECT_THAT(problems(service({set})), IsEmpty());
  set.min_replicas = 2;
  EXPECT_THAT(problems(service({set})), ElementsAre(HasSubstr("must be 3 or more")));
}

TEST(Validate, ABlockBelongsToItsKind) {
  Tier app = tier("app", "web");
  app.min_replicas = 3;
  app.redis_cluster.emplace();
  EXPECT_THAT(problems(service({app})),
              ElementsAre(StartsWith("spec.tiers[0].scaleTargetRef: statefulSet and")));
}

TEST(Validate, SharesAreSharesNotPercentages) {
  Tier app = tier("app", "web");
  app.threshold->scale_up.trigger_score = Quantity{1.7};
  app.threshold->scale_down.quorum = Quantity{70};
  EXPECT_THAT(problems(service({app})),
              ElementsAre(HasSubstr("triggerScore must be between 0 and 1"),
                          HasSubstr("quorum must be above 0 and at most 1")));
  app.threshold->scale_up.trigger_score = Quantity{std::numeric_limits<double>::quiet_NaN()};
  app.threshold->scale_down.quorum = Quantity{0};
  EXPECT_THAT(problems(service({app})), testing::SizeIs(2));
}

TEST(Validate, MaxStepBoundsAProportionalStepOnly) {
  Tier app = tier("app", "web");
  app.threshold->scale_up.step = 5;
  app.threshold->scale_up.max_step = 3;
  EXPECT_THAT(problems(service({app})),
              ElementsAre(HasSubstr("maxStep needs proportionalStep"),
                          HasSubstr("maxStep must not be smaller than step")));
  app.threshold->scale_up.proportional_step = true;
  app.threshold->scale_up.max_step = 5;
  EXPECT_THAT(problems(service({app})), IsEmpty());
}

TEST(Validate, ReportsEverythingAtOnce) {
  Tier app = tier("App", "");
  app.min_replicas = -1;
  app.max_replicas = 0;
  ServiceSpec spec = service({app});
  spec.interval = std::chrono::seconds(1);
  EXPECT_THAT(problems(spec),
              ElementsAre("spec.intervalSeconds: must be from 5 to 3600, is 1",
                          StartsWith("spec.tiers[0].name: 'App' must be lower-case letters"),
                          "spec.tiers[0].scaleTargetRef.name: is missing",
                          "spec.tiers[0].minReplicas: must be from 0 to 1000000, is -1",
                          "spec.tiers[0].maxReplicas: must be from 1 to 1000000, is 0"));
}

TEST(Validate, WhatIsQuotedStaysOnOneLine) {
  const auto found = problems(service({tier("a\n\x1b[31m", "web")}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].find_first_of("\n\x1b"), std::string::npos);
}

}  // namespace
}  // namespace evalscaler::api
