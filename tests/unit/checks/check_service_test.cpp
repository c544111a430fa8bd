// SPDX-License-Identifier: Apache-2.0
#include "checks/check_service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checked.hpp"

namespace evalscaler::checks {
namespace {

using testing::HasSubstr;

// Nothing is wrong with it.
std::string tier(const std::string& metrics, const std::string& rest = "",
                 const std::string& bounds = "minReplicas: 5\nmaxReplicas: 50") {
  return bounds + "\nthreshold:\n  metrics:\n" + metrics + "  scaleUp: {step: 3}\n" + rest;
}

std::string metric(const std::string& fields) {
  return "  - {" + fields + "}\n";
}

TEST(CheckService, FindsNothingWrongWithASoundTier) {
  const Checked checked(tier(metric("name: load, scaleUpThreshold: 70, scaleDownThreshold: 30")));
  EXPECT_TRUE(checked.report.findings.empty()) << checked.report.findings.front().message;
}

TEST(CheckService, SchemaProblemsAreErrorsWithAFix) {
  const Checked checked(
      tier(metric("name: load, scaleUpThreshold: 70"), "", "minReplicas: 9\nmaxReplicas: 5"));
  const Finding found = checked.one(reasons::kSchema);
  EXPECT_EQ(found.field, "spec.tiers[0].minReplicas");
  EXPECT_EQ(found.severity, Severity::Error);
  EXPECT_EQ(found.fix, "maxReplicas: 9");
}

TEST(CheckService, ANumberOutOfRangeIsMendedByTheNearestOne) {
  const Checked checked(
      tier(metric("name: load, scaleUpThreshold: 70"), "", "minReplicas: -3\nmaxReplicas: 5"));
  EXPECT_EQ(checked.one(reasons::kSchema).fix, "minReplicas: 0");
}

TEST(CheckService, UnknownFieldsAndKindsAreErrors) {
  const Checked misspelt("maxReplica: 5");
  EXPECT_EQ(misspelt.one(reasons::kSchema).field, "spec.tiers[0].maxReplica");
  EXPECT_EQ(misspelt.one(reasons::kSchema).fix, "kubectl explain evaluationservice.spec.tiers");
  api::ServiceSpec spec;
  api::Tier& job = spec.tiers.emplace_back();
  job.name = "app";
  job.target = {"batch/v1", "Job", "x"};
  job.max_replicas = 3;
  api::ThresholdMetric& load = job.threshold.emplace().metrics.emplace_back();
  load.name = "load";
  load.scale_up = Quantity{7};
  Settings settings;
  settings.catalogue = &test_catalogue();
  const Report report = check_service(spec, settings);
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0].field, "spec.tiers[0].scaleTargetRef.kind");
  EXPECT_EQ(report.findings[0].fix, "kind: Deployment");
}

TEST(CheckService, SwappedThresholdsAreSwappedBack) {
  const Checked higher(tier(metric("name: load, scaleUpThreshold: 30, scaleDownThreshold: 70")));
  EXPECT_EQ(higher.one(reasons::kWrongSide).fix,
            "scaleUpThreshold: \"70\", scaleDownThreshold: \"30\"");
  const Checked lower(
      tier(metric("name: load, worse: Lower, scaleUpThreshold: 70, scaleDownThreshold: 30")));
  EXPECT_EQ(lower.one(reasons::kWrongSide).fix,
            "scaleUpThreshold: \"30\", scaleDownThreshold: \"70\"");
}

TEST(CheckService, ARefusedTierIsNotLookedAtFurther) {
  const Checked checked(tier(metric("name: no, scaleUpThreshold: 3, scaleDownThreshold: 7"), "",
                             "minReplicas: 1\nmaxReplicas: 5"));
  EXPECT_EQ(checked.report.findings.size(), 1U);
  EXPECT_TRUE(checked.report.facts.empty());
}

TEST(Flapping, IsAnErrorWithNumbersAndTheSmallestMend) {
  const Checked checked(tier(metric("name: load, scaleUpThreshold: 70, scaleDownThreshold: 60")));
  const auto found = checked.all(reasons::kWouldFlap);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].field, "spec.tiers[0].threshold.metrics[0].scaleDownThreshold");
  EXPECT_EQ(found[0].message,
            "load: 60 with 6 replicas is 72 with 5, above scaleUpThreshold 70: the step down "
            "would be refused (WouldFlap)");
  EXPECT_EQ(found[1].message,
            "load: 70 with 5 replicas is 43.75 with 8, below scaleDownThreshold 60: the step up "
            "would ask for the way back");
  EXPECT_EQ(found[0].fix, "scaleDownThreshold: \"43.7\", or scaleUpThreshold: \"96\"");
  EXPECT_TRUE(checked.fails());
}

TEST(Flapping, TheMendHolds) {
  for (const char* fixed : {"scaleUpThreshold: 70, scaleDownThreshold: \"43.7\"",
                            "scaleUpThreshold: 96, scaleDownThreshold: 60"}) {
    EXPECT_FALSE(Checked(tier(metric(std::string("name: load, ") + fixed))).fails()) << fixed;
  }
}

TEST(Flapping, WithoutTheGuardAStepIsReversedNotRefused) {
  const Checked checked(tier(metric("name: load, scaleUpThreshold: 70, scaleDownThreshold: 60"),
                             "  scaleDown: {allowWhileHigh: true}\n"));
  EXPECT_THAT(checked.all(reasons::kWouldFlap).at(0).message, HasSubstr("would be reversed"));
}

TEST(Flapping, OnlyProportionalMetricsCanFlap) {
  const std::string narrow = ", scaleUpThreshold: 70, scaleDownThreshold: 69";
  EXPECT_TRUE(Checked(tier(metric("name: load" + narrow))).has(reasons::kWouldFlap));
  EXPECT_FALSE(Checked(tier(metric("name: share" + narrow))).has(reasons::kWouldFlap));
  EXPECT_FALSE(
      Checked(tier(metric("name: load, proportional: false" + narrow))).has(reasons::kWouldFlap));
  EXPECT_TRUE(
      Checked(tier(metric("name: share, proportional: true" + narrow))).has(reasons::kWouldFlap));
  EXPECT_TRUE(Checked(tier(metric("name: mine, query: avg(x)" + narrow))).has(reasons::kWouldFlap));
}

TEST(Flapping, LowerIsWorseMovesTheOtherWay) {
  const Checked checked(tier(metric(
      "name: load, worse: Lower, proportional: true, scaleUpThreshold: 69, scaleDownThreshold: "
      "70")));
  EXPECT_FALSE(checked.has(reasons::kWouldFlap));
  EXPECT_TRUE(checked.has(reasons::kRunaway));
}

TEST(Flapping, ZeroReplicasWithoutTheGuardNeedOneReplica) {
  const std::string low = metric("name: load, scaleUpThreshold: 70, scaleDownThreshold: 10");
  const std::string bounds = "minReplicas: 0\nmaxReplicas: 5";
  EXPECT_FALSE(Checked(tier(low, "", bounds)).has(reasons::kWouldFlap));
  const Checked open(tier(low, "  scaleDown: {allowWhileHigh: true}\n", bounds));
  EXPECT_EQ(open.one(reasons::kWouldFlap).fix, "minReplicas: 1");
}

}  // namespace
}  // namespace evalscaler::checks
