// SPDX-License-Identifier: Apache-2.0
// What is worth a look, each from both sides.
#include "checks/checks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checked.hpp"

namespace evalscaler::checks {
namespace {

using testing::HasSubstr;

const std::string load = "  - {name: load, scaleUpThreshold: 70, scaleDownThreshold: 30}\n";

Checked of(const std::string& bounds, const std::string& metrics = load,
           const std::string& rest = "", Settings settings = {}) {
  return Checked(bounds + "\nthreshold:\n  metrics:\n" + metrics + rest, settings);
}

const std::string usual = "minReplicas: 5\nmaxReplicas: 50";

Settings stated() {
  Settings settings;
  settings.catalogue = &test_catalogue();
  settings.knowledge = Settings::Knowledge::Stated;
  return settings;
}

TEST(Names, AnUnknownMetricIsAnErrorWhereTheCatalogueIsKnown) {
  const std::string misspelt = "  - {name: cpu_usge, scaleUpThreshold: 70}\n";
  const Finding sure = of(usual, misspelt, "", stated()).one(reasons::kUnknownMetric);
  EXPECT_EQ(sure.severity, Severity::Error);
  EXPECT_EQ(sure.fix, "name: cpu_usage");
  EXPECT_THAT(sure.message, HasSubstr("known: capped, share, load, cpu_usage"));
  const Finding unsure = of(usual, misspelt).one(reasons::kUnknownMetric);
  EXPECT_EQ(unsure.severity, Severity::Warning);
  EXPECT_EQ(unsure.fix, "name: cpu_usage, or check --config CATALOGUE");
  EXPECT_FALSE(of(usual, load, "", stated()).has(reasons::kUnknownMetric));
  const std::string own = "  - {name: nobody_knows, query: avg(x), scaleUpThreshold: 70}\n";
  EXPECT_FALSE(of(usual, own, "", stated()).has(reasons::kUnknownMetric));
}

TEST(Names, OneQueryCountsOnce) {
  const auto pair = [](const std::string& query) {
    return of(usual, "  - {name: a, query: avg(x), scaleUpThreshold: 70}\n  - {name: b, query: '" +
                         query + "', scaleUpThreshold: 80}\n");
  };
  EXPECT_EQ(pair(" avg(x) ").one(reasons::kSameQuery).field, "spec.tiers[0].threshold.metrics[1]");
  EXPECT_FALSE(pair("avg(y)").has(reasons::kSameQuery));
}

TEST(Directions, AMetricMustBeAbleToPullEitherWay) {
  EXPECT_EQ(of(usual, "  - {name: load, scaleUpThreshold: 70}\n").one(reasons::kNeverDown).field,
            "spec.tiers[0].threshold.metrics");
  EXPECT_TRUE(of(usual, "  - {name: load, scaleDownThreshold: 7}\n").has(reasons::kNeverUp));
  EXPECT_FALSE(of(usual).has(reasons::kNeverUp));
  EXPECT_FALSE(of(usual).has(reasons::kNeverDown));
}

TEST(Directions, AQuorumThatDeadVotesBlockIsOutOfReach) {
  const std::string dead = "  - {name: capped, scaleUpThreshold: 70, scaleDownThreshold: 0}\n";
  const Checked half = of(usual, load + dead);
  EXPECT_THAT(half.one(reasons::kNeverDown).message, HasSubstr("only 1 of 2 metrics"));
  EXPECT_FALSE(of(usual, load + dead, "  scaleDown: {quorum: \"0.5\"}\n").has(reasons::kNeverDown));
}

TEST(Directions, ADisabledDirectionIsTold) {
  EXPECT_TRUE(of(usual, load, "behavior: {scaleDown: {selectPolicy: Disabled}}\n")
                  .has(reasons::kNeverDown));
  EXPECT_TRUE(
      of(usual, load, "behavior: {scaleUp: {selectPolicy: Disabled}}\n").has(reasons::kNeverUp));
}

TEST(Bounds, FewReplicasAreTold) {
  EXPECT_TRUE(of("minReplicas: 1\nmaxReplicas: 5").has(reasons::kOneReplica));
  EXPECT_TRUE(of("maxReplicas: 5").has(reasons::kOneReplica));
  EXPECT_FALSE(of("minReplicas: 2\nmaxReplicas: 5").has(reasons::kOneReplica));
  EXPECT_TRUE(of("minReplicas: 0\nmaxReplicas: 5").has(reasons::kScaleToZero));
  EXPECT_FALSE(of(usual).has(reasons::kScaleToZero));
}

TEST(Bounds, NothingToScaleIsTold) {
  EXPECT_TRUE(of("minReplicas: 5\nmaxReplicas: 5").has(reasons::kFixedSize));
  EXPECT_FALSE(of("minReplicas: 5\nmaxReplicas: 6").has(reasons::kFixedSize));
}

TEST(Bounds, TheOperatorsLimitIsKept) {
  EXPECT_TRUE(of("minReplicas: 5\nmaxReplicas: 1001").has(reasons::kAboveOperatorLimit));
  EXPECT_FALSE(of("minReplicas: 5\nmaxReplicas: 1000").has(reasons::kAboveOperatorLimit));
  Settings generous;
  generous.max_replicas_limit = 2000;
  EXPECT_FALSE(of("minReplicas: 5\nmaxReplicas: 1001", load, "", generous)
                   .has(reasons::kAboveOperatorLimit));
}

TEST(Bounds, AFallbackMustBeAboveTheMinimum) {
  EXPECT_EQ(of(usual, load, "fallback: {replicas: 5}\n").one(reasons::kFallbackNeverRaises).fix,
            "fallback: {replicas: 6}");
  EXPECT_FALSE(of(usual, load, "fallback: {replicas: 6}\n").has(reasons::kFallbackNeverRaises));
}

TEST(Cooldowns, LeaveTimeToSeeWhatAStepDid) {
  const auto cooldown = [](int seconds, const std::string& metrics) {
    const std::string text = "{cooldownSeconds: " + std::to_string(seconds) + "}\n";
    return of(usual, metrics, "  scaleUp: " + text + "  scaleDown: " + text);
  };
  EXPECT_EQ(cooldown(44, load).all(reasons::kShortCooldown).size(), 2U);
  EXPECT_EQ(cooldown(45, load).all(reasons::kShortCooldown).size(), 0U);
  const std::string windowed =
      "  - {name: mine, query: 'avg(rate(x[2m]))', scaleUpThreshold: 70, scaleDownThreshold: 3}\n";
  const auto found = cooldown(119, windowed).all(reasons::kShortCooldown);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_THAT(found[0].message, HasSubstr("the window of mine, 2m"));
  EXPECT_EQ(found[0].fix, "scaleUp: {cooldownSeconds: 120}");
  EXPECT_EQ(cooldown(120, windowed).all(reasons::kShortCooldown).size(), 0U);
}

TEST(Cooldowns, ShrinkingIsNotFasterThanGrowing) {
  const auto down = [](int seconds) {
    return of(usual, load, "  scaleDown: {cooldownSeconds: " + std::to_string(seconds) + "}\n");
  };
  EXPECT_EQ(down(299).one(reasons::kDownFasterThanUp).fix, "scaleDown: {cooldownSeconds: 300}");
  EXPECT_FALSE(down(300).has(reasons::kDownFasterThanUp));
}

TEST(TravelTimes, AreStepsTimesCooldown) {
  const Checked checked = of(usual, load, "  scaleUp: {step: 3}\n");
  EXPECT_EQ(checked.fact("TimeToMax"), "app from 5 to 50 at full load: 15 steps, at most 1h15m");
  EXPECT_EQ(checked.fact("TimeToMin"), "app from 50 to 5 without load: 45 steps, at most 3h45m");
  const Checked swift = of(usual, load, "  scaleUp: {step: 50, cooldownSeconds: 0}\n");
  EXPECT_EQ(swift.fact("TimeToMax"), "app from 5 to 50 at full load: 1 step, at most 15s");
}

TEST(TravelTimes, FollowTheRateLimitsOfBehavior) {
  const std::string behavior =
      "behavior:\n"
      "  scaleUp: {policies: [{type: Pods, value: 10, periodSeconds: 60}]}\n"
      "  scaleDown: {stabilizationWindowSeconds: 60, policies: "
      "[{type: Percent, value: 50, periodSeconds: 60}]}\n";
  const Checked checked(
      "minReplicas: 10\nmaxReplicas: 40\n"
      "targetTracking: {metrics: [{name: load, target: {value: 70}}]}\n" +
      behavior);
  // 10, 20, 30, 40: the first at once, the others a minute apart each.
  EXPECT_EQ(checked.report.facts.at(0).name, "TimeToMax");
  EXPECT_EQ(checked.report.facts.at(0).seconds, 135);
  // A minute of the window, then 40, 20, 10.
  EXPECT_EQ(checked.report.facts.at(1).name, "TimeToMin");
  EXPECT_EQ(checked.report.facts.at(1).seconds, 135);
}

TEST(TravelTimes, AWayWithoutEndIsNotWalkedToItsEnd) {
  const Checked checked(
      "minReplicas: 1\nmaxReplicas: 1000000\n"
      "targetTracking: {metrics: [{name: load, target: {value: 70}}]}\n"
      "behavior: {scaleUp: {policies: [{type: Pods, value: 1, periodSeconds: 1800}]}}\n");
  EXPECT_THAT(checked.fact("TimeToMax"), HasSubstr("more than 12h30m"));
  EXPECT_FALSE(checked.report.facts.at(0).seconds);
}

TEST(TravelTimes, SayHowManyVotesAScaleDownNeeds) {
  std::string five;
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    five += "  - {name: " + std::string(name) + ", scaleDownThreshold: 3, scaleUpThreshold: 9}\n";
  }
  EXPECT_EQ(of(usual, five).fact("ScaleDownVotes"), "app goes down when 4 of 5 metrics are low");
  EXPECT_EQ(of(usual).fact("ScaleDownVotes"), "");
}

TEST(OwnQueries, AreSniffedAtAndIdleOnesMayBeIgnored) {
  const std::string query = "'sum(rate(a[1m])) / sum(rate(b[1m]))', scaleUpThreshold: 7";
  const Checked held = of(usual, "  - {name: mine, query: " + query + "}\n");
  EXPECT_EQ(held.one(reasons::kIdleDivision).field, "spec.tiers[0].threshold.metrics[0].query");
  EXPECT_FALSE(held.fails());
  EXPECT_FALSE(of(usual, "  - {name: mine, onUnavailable: Ignore, query: " + query + "}\n")
                   .has(reasons::kIdleDivision));
}

}  // namespace
}  // namespace evalscaler::checks
