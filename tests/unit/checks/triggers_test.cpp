// SPDX-License-Identifier: Apache-2.0
#include "checks/checks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checked.hpp"

namespace evalscaler::checks {
namespace {

using testing::HasSubstr;

Checked threshold(const std::string& metric, const std::string& score = "0") {
  return Checked("minReplicas: 5\nmaxReplicas: 50\nthreshold:\n  metrics:\n  - {" + metric +
                 "}\n  scaleUp: {triggerScore: \"" + score + "\"}\n");
}

Checked tracking(const std::string& name, const std::string& type, const std::string& value,
                 const std::string& rest = "") {
  return Checked("minReplicas: 5\nmaxReplicas: 50\ntargetTracking:\n  metrics:\n  - {name: " +
                 name + ", target: {type: " + type + ", value: \"" + value + "\"}}\n" + rest);
}

TEST(UnreachableTrigger, IsTheReferenceSettingsTrapWithItsNumber) {
  const Checked checked =
      threshold("name: capped, scaleUpThreshold: 70, scaleDownThreshold: 30", "0.7");
  const Finding found = checked.one(reasons::kUnreachableTrigger);
  EXPECT_EQ(found.severity, Severity::Error);
  EXPECT_EQ(found.field, "spec.tiers[0].threshold.metrics[0].scaleUpThreshold");
  EXPECT_EQ(found.message,
            "triggerScore 0.7 of 70 needs 119 % of a lot, but capped never goes beyond 100 % of a "
            "lot: it can never ask for a scale-up");
  EXPECT_EQ(found.fix, "scaleUpThreshold: \"58.8\", or scaleUp: {triggerScore: \"0.428\"}");
}

TEST(UnreachableTrigger, BothMendsHold) {
  EXPECT_FALSE(threshold("name: capped, scaleUpThreshold: \"58.8\"", "0.7").fails());
  EXPECT_FALSE(threshold("name: capped, scaleUpThreshold: 70", "0.428").fails());
  EXPECT_TRUE(threshold("name: capped, scaleUpThreshold: 59", "0.7").fails());
  EXPECT_TRUE(threshold("name: capped, scaleUpThreshold: 70", "0.429").fails());
}

TEST(UnreachableTrigger, TheBoundItselfIsNeverPassed) {
  EXPECT_TRUE(threshold("name: capped, scaleUpThreshold: 100").has(reasons::kUnreachableTrigger));
  EXPECT_FALSE(threshold("name: capped, scaleUpThreshold: 99").has(reasons::kUnreachableTrigger));
  // A score is reached, not passed.
  EXPECT_FALSE(
      threshold("name: capped, scaleUpThreshold: 50", "1").has(reasons::kUnreachableTrigger));
  EXPECT_TRUE(
      threshold("name: capped, scaleUpThreshold: 51", "1").has(reasons::kUnreachableTrigger));
}

TEST(UnreachableTrigger, LowNeedsRoomBelow) {
  const std::string up = "name: capped, scaleUpThreshold: 70, scaleDownThreshold: ";
  EXPECT_TRUE(threshold(up + "0").has(reasons::kUnreachableTrigger));
  EXPECT_FALSE(threshold(up + "1").has(reasons::kUnreachableTrigger));
}

TEST(UnreachableTrigger, LowerIsWorseHasItsBoundOnTop) {
  const std::string rate = "name: redis_hit_rate, worse: Lower, scaleUpThreshold: 80, ";
  const Checked checked = threshold(rate + "scaleDownThreshold: 100");
  EXPECT_THAT(checked.one(reasons::kUnreachableTrigger).message,
              HasSubstr("low means above 100, but redis_hit_rate is never above 100 %"));
  EXPECT_FALSE(threshold(rate + "scaleDownThreshold: 95").fails());
  EXPECT_TRUE(threshold("name: redis_hit_rate, worse: Lower, scaleUpThreshold: 0").fails());
}

TEST(UnreachableTrigger, ATargetNeedsRoomForItsTolerance) {
  const Finding found = tracking("capped", "Value", "95").one(reasons::kUnreachableTrigger);
  EXPECT_EQ(found.field, "spec.tiers[0].targetTracking.metrics[0].target.value");
  EXPECT_THAT(found.message, HasSubstr("104.5"));
  EXPECT_EQ(found.fix, "target: {value: \"90.9\"}");
  EXPECT_FALSE(tracking("capped", "Value", "90.9").fails());
  EXPECT_FALSE(tracking("capped", "Value", "95", "  tolerance: \"0.05\"\n").fails());
  EXPECT_TRUE(tracking("capped", "Value", "95", "behavior: {scaleUp: {tolerance: \"0.06\"}}\n")
                  .has(reasons::kUnreachableTrigger));
}

TEST(UnreachableTrigger, AnUnboundedMetricReachesEverything) {
  EXPECT_FALSE(threshold("name: load, scaleUpThreshold: 70", "1").fails());
  EXPECT_FALSE(tracking("load", "Value", "95").fails());
}

TEST(AboveHundredPercent, IsAWarningWhereThereIsNoBound) {
  const Checked checked = threshold("name: cpu_usage, scaleUpThreshold: 70", "0.7");
  EXPECT_FALSE(checked.fails());
  EXPECT_THAT(checked.one(reasons::kAboveHundredPercent).message, HasSubstr("needs 119 %"));
  EXPECT_FALSE(
      threshold("name: cpu_usage, scaleUpThreshold: 70").has(reasons::kAboveHundredPercent));
  EXPECT_FALSE(threshold("name: cpu_usage, scaleUpThreshold: 120", "0.7")
                   .has(reasons::kAboveHundredPercent));
}

TEST(OutOfRange, IsToldOfEveryThresholdAndTarget) {
  const Finding up =
      threshold("name: redis_memory_usage, scaleUpThreshold: 2k").one(reasons::kOutOfRange);
  EXPECT_THAT(up.message, HasSubstr("2000 is outside 0..1000"));
  EXPECT_EQ(up.fix, "scaleUpThreshold: \"990\"");
  EXPECT_FALSE(threshold("name: redis_memory_usage, scaleUpThreshold: 990").fails());
  EXPECT_EQ(threshold("name: redis_memory_usage, worse: Lower, scaleDownThreshold: 2k")
                .one(reasons::kOutOfRange)
                .field,
            "spec.tiers[0].threshold.metrics[0].scaleDownThreshold");
  EXPECT_EQ(tracking("redis_memory_usage", "Value", "2000").one(reasons::kOutOfRange).fix,
            "value: \"990\"");
}

TEST(Amounts, AnAverageNeedsATotal) {
  const Finding found =
      tracking("avg_response_time", "AverageValue", "100").one(reasons::kNotATotal);
  EXPECT_EQ(found.severity, Severity::Error);
  EXPECT_EQ(found.fix, "type: Value");
  for (const char* total : {"requests_per_second", "queue_depth", "cpu_usage", "load"}) {
    EXPECT_FALSE(tracking(total, "AverageValue", "50").fails()) << total;
  }
  EXPECT_TRUE(tracking("capped", "AverageValue", "50").fails());
  EXPECT_TRUE(tracking("share", "AverageValue", "50").fails());
}

TEST(Amounts, ATargetThatReplicasDoNotLowerRunsAway) {
  EXPECT_TRUE(tracking("memory_usage", "Utilization", "70").has(reasons::kRunaway));
  EXPECT_FALSE(tracking("cpu_usage", "Utilization", "70").has(reasons::kRunaway));
}

TEST(Amounts, ASumOfOnesOwnIsNotDividedByReplicas) {
  const auto own = [](const std::string& query, const std::string& rest = "") {
    return threshold("name: mine, query: '" + query + "', scaleUpThreshold: 70" + rest);
  };
  EXPECT_TRUE(own("sum(rate(x_total[1m]))").has(reasons::kTotalNotPerReplica));
  EXPECT_FALSE(own("sum(rate(x_total[1m])) / count(up)").has(reasons::kTotalNotPerReplica));
  EXPECT_FALSE(own("avg(x)").has(reasons::kTotalNotPerReplica));
  EXPECT_FALSE(own("sum(x)", ", proportional: false").has(reasons::kTotalNotPerReplica));
}

}  // namespace
}  // namespace evalscaler::checks
