// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run_cli.hpp"

namespace evalscaler::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string service_file = EVALSCALER_SOURCE_DIR "/tests/golden/decide/scale_up.service.yaml";

std::string inputs(const std::string& tier, const std::string& now = "2026-01-01T00:00:00Z") {
  return "now: " + now + "\ntiers:\n  app: " + tier + "\n";
}

Outcome decide(const std::string& text) {
  return RunCli()({"decide", "-f", service_file, "--inputs", "-", "-o", "json"}, text);
}

Outcome with_cpu(const std::string& value) {
  return decide(inputs("{replicas: 5, readings: {cpu_usage: " + value + "}}"));
}

TEST(Decide, TextTellsTheStory) {
  const Outcome outcome = RunCli()(
      {"decide", "-f", service_file, "--inputs", "-"},
      inputs("{replicas: 5, lastScaleUp: 2025-12-31T23:59:00Z, readings: {cpu_usage: 77}}"));
  EXPECT_EQ(outcome.exit, 0);
  EXPECT_EQ(outcome.out,
            "prediction-service\n"
            "  app 5 stays  Hold  CooldownUp\n"
            "  app holds at 5: cpu_usage 77 > 70 (score 0.1); going to 8 waits 4m more (cooldown "
            "5m after the change at 2025-12-31T23:59:00Z)\n"
            "    threshold  5 -> 8  ThresholdExceeded: cpu_usage 77 > 70 (score 0.1)\n"
            "    cooldown  8 -> 5  CooldownUp: going to 8 waits 4m more (cooldown 5m after the "
            "change at 2025-12-31T23:59:00Z)\n");
}

TEST(Decide, IsNotAColdStartAndItsStreakIsComplete) {
  const Outcome outcome = decide(
      inputs("{replicas: 9, readings: {cpu_usage: 1, queue_depth: 1, avg_response_time: 1}}"));
  EXPECT_THAT(outcome.out, HasSubstr(R"("decision": "ScaleDown")"));
}

TEST(Decide, ReadyReplicasDefaultToReplicas) {
  const std::string low = "readings: {cpu_usage: 1, queue_depth: 1, avg_response_time: 1}}";
  EXPECT_THAT(decide(inputs("{replicas: 9, " + low)).out, HasSubstr("BelowThresholds"));
  EXPECT_THAT(decide(inputs("{replicas: 9, readyReplicas: 0, " + low)).out,
              HasSubstr("NoReadyReplicas"));
}

class NotANumber : public testing::TestWithParam<const char*> {};
TEST_P(NotANumber, IsAnInvalidReading) {
  const Outcome outcome = with_cpu(GetParam());
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("cpu_usage is Invalid"));
}
INSTANTIATE_TEST_SUITE_P(Texts, NotANumber,
                         testing::Values("NaN", "nan", ".nan", "-NaN", "Inf", "+Inf", "-inf",
                                         ".inf", "Infinity", "'-Infinity'", "''", "1e400",
                                         "'-1e400'", "Invalid"));

class NoReading : public testing::TestWithParam<const char*> {};
TEST_P(NoReading, IsMissing) {
  EXPECT_THAT(with_cpu(GetParam()).out, HasSubstr("cpu_usage is Missing"));
}
INSTANTIATE_TEST_SUITE_P(Texts, NoReading, testing::Values("Missing", "null", "~", ""));

TEST(Decide, AMetricThatIsAbsentIsMissing) {
  EXPECT_THAT(
      decide(inputs("{replicas: 5}")).out,
      HasSubstr("cpu_usage, queue_depth, avg_response_time are Missing: not in the inputs"));
}

TEST(Decide, AReadingMayBeAQuantity) {
  EXPECT_THAT(with_cpu("75").out, HasSubstr(R"("to": 8)"));
  EXPECT_THAT(with_cpu("75.5").out, HasSubstr(R"("to": 8)"));
  EXPECT_THAT(with_cpu("7.5e1").out, HasSubstr(R"("to": 8)"));
  EXPECT_THAT(with_cpu("'71000m'").out, HasSubstr(R"("to": 8)"));
  EXPECT_THAT(with_cpu("-5").out, HasSubstr("Hold"));
}

struct Refused {
  const char* claim;
  std::string text;
  std::string error;
};
std::ostream& operator<<(std::ostream& out, const Refused& row) {
  return out << row.claim;
}
class RefusedInputs : public testing::TestWithParam<Refused> {};
TEST_P(RefusedInputs, NamePlaceAndExitTwo) {
  const Outcome outcome = decide(GetParam().text);
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, GetParam().error + "\n");
}
INSTANTIATE_TEST_SUITE_P(
    Table, RefusedInputs,
    testing::Values(
        Refused{"empty", "", "stdin: is empty; write now and tiers"},
        Refused{"a list", "[1]", "stdin: must be an object, not a list"},
        Refused{"no now", "tiers: {app: {replicas: 1}}",
                "stdin: now: is missing; write the time of the decision, such as "
                "2026-01-01T00:00:00Z"},
        Refused{"a bad now", inputs("{replicas: 1}", "yesterday"),
                "stdin:1: now: 'yesterday' is not a time (write RFC 3339, such as "
                "2026-01-01T00:00:00Z)"},
        Refused{"no tiers", "now: 2026-01-01T00:00:00Z",
                "stdin: tiers.app: is missing; the service has a tier of this name"},
        Refused{"no replicas", inputs("{readyReplicas: 3}"),
                "stdin:3: tiers.app.replicas: is missing; it is what the target's spec says"},
        Refused{"negative", inputs("{replicas: -1}"),
                "stdin:3: tiers.app.replicas: must be between 0 and 2147483647, not -1"},
        Refused{"too large", inputs("{replicas: 2147483648}"),
                "stdin:3: tiers.app.replicas: must be between 0 and 2147483647, not 2147483648"},
        Refused{"text", inputs("{replicas: five}"),
                "stdin:3: tiers.app.replicas: must be a whole number"},
        Refused{"a word", inputs("{replicas: 1, readings: {cpu_usage: high}}"),
                "stdin:3: tiers.app.readings.cpu_usage: 'high' is not a reading; write a number, "
                "Missing, Invalid or Immature"},
        Refused{"a list of readings", inputs("{replicas: 1, readings: [1]}"),
                "stdin:3: tiers.app.readings: must be an object, not a list"},
        Refused{"an unknown field", inputs("{replicas: 1, ready: 2}"),
                "stdin:3: tiers.app.ready: unknown field; known here: replicas, readyReplicas, "
                "readings, lastScaleUp, lastScaleDown, scaleEvents, recommendations"},
        Refused{"an unknown field at the top", "time: 1\n",
                "stdin:1: time: unknown field; known "
                "here: now, tiers"},
        Refused{"a bad event", inputs("{replicas: 1, scaleEvents: [{ago: 20, change: 1}]}"),
                "stdin:3: tiers.app.scaleEvents[0].ago: '20' is not a duration (write 20s, 5m or "
                "1h30m)"},
        Refused{"half an event", inputs("{replicas: 1, scaleEvents: [{ago: 20s}]}"),
                "stdin:3: tiers.app.scaleEvents[0]: must have both ago and change"},
        Refused{"a bad recommendation",
                inputs("{replicas: 1, recommendations: [{ago: 20s, replicas: -2}]}"),
                "stdin:3: tiers.app.recommendations[0].replicas: must be between 0 and 2147483647, "
                "not -2"},
        Refused{"no YAML", "now: [", "stdin:1: end of sequence flow not found"}));

TEST(Decide, AnUnknownReadingIsToldAndNotUsed) {
  const Outcome outcome = decide(inputs("{replicas: 5, readings: {cpu_usgae: 75}}"));
  EXPECT_EQ(outcome.exit, 0);
  EXPECT_EQ(outcome.err,
            "stdin:3: tiers.app.readings.cpu_usgae: warning: not used, the tier has no metric of "
            "this name\n");
  EXPECT_THAT(outcome.out, HasSubstr("MetricsUnavailable"));
}

TEST(Decide, AServiceThatIsNotValidIsRefusedWithItsLine) {
  const std::string service =
      "apiVersion: evalscaler.io/v1alpha1\nkind: EvaluationService\nmetadata: {name: a}\nspec:\n"
      "  tiers:\n  - name: app\n    scaleTargetRef: {name: a}\n    minReplicas: 9\n"
      "    maxReplicas: 3\n    threshold: {metrics: [{name: x, scaleUpThreshold: 1}]}\n";
  const Outcome outcome = RunCli()({"decide", "-f", "-", "--inputs", "/dev/null"}, service);
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_THAT(outcome.err, StartsWith("stdin:8: spec.tiers[0].minReplicas: "));
}

TEST(Decide, FilesThatCannotBeReadAreNamed) {
  const Outcome outcome = RunCli()({"decide", "-f", "/nonexistent.yaml", "--inputs", "-"});
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_THAT(outcome.err, StartsWith("/nonexistent.yaml: "));
  const Outcome twice = RunCli()({"decide", "-f", "-", "--inputs", "-"});
  EXPECT_EQ(twice.exit, 2);
  EXPECT_THAT(twice.err, HasSubstr("cannot both be standard input"));
}

TEST(Decide, AnEndlessInputIsCut) {
  EXPECT_EQ(decide(std::string((std::size_t{1} << 20U) + 1, ' ')).err,
            "stdin: is larger than 1 MiB\n");
}

}  // namespace
}  // namespace evalscaler::cli
