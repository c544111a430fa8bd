// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "run_cli.hpp"

namespace evalscaler::cli {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string root = EVALSCALER_SOURCE_DIR;
const std::string sound = root + "/tests/golden/check/sound.yaml";
const std::string flapping = root + "/tests/golden/check/flapping.yaml";

std::string service(const std::string& metric, const std::string& name = "s") {
  return "apiVersion: evalscaler.io/v1alpha1\nkind: EvaluationService\nmetadata: {name: " + name +
         "}\nspec:\n  tiers:\n  - {name: app, scaleTargetRef: {name: app}, minReplicas: 2, "
         "maxReplicas: 9, threshold: {metrics: [" +
         metric + "]}}\n";
}

TEST(Check, TakesEverySample) {
  for (const auto& entry : std::filesystem::directory_iterator(root + "/manifests/samples")) {
    if (!entry.is_regular_file()) continue;
    const std::string path = entry.path();
    const bool catalogue = path.ends_with("catalogue.yaml");
    const Outcome outcome = RunCli()({"check", catalogue ? "--config" : "-f", path});
    EXPECT_EQ(outcome.exit, 0) << path << outcome.out << outcome.err;
    EXPECT_THAT(outcome.out, EndsWith("ok\n")) << path;
  }
}

TEST(Check, RefusesEveryBadSample) {
  int tried = 0;
  for (const auto& entry : std::filesystem::directory_iterator(root + "/manifests/samples/bad")) {
    ++tried;
    const Outcome outcome = RunCli()({"check", "-f", entry.path()});
    EXPECT_EQ(outcome.exit, 1) << entry.path() << outcome.out << outcome.err;
  }
  EXPECT_GT(tried, 40);
}

TEST(Check, AWarningIsNoNo) {
  const std::string own = service("{name: m, query: 'irate(x[1m])', scaleUpThreshold: 7}");
  const Outcome outcome = RunCli()({"check", "-f", "-"}, own);
  EXPECT_EQ(outcome.exit, 0);
  EXPECT_THAT(outcome.out, HasSubstr("stdin:6: warning InstantRate spec.tiers[0].threshold"));
}

TEST(Check, SeveralFilesAreOneAnswer) {
  const Outcome outcome = RunCli()({"check", "-f", sound, "-f", flapping});
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.out, HasSubstr("sound.yaml:8: app from 5"));
  EXPECT_THAT(outcome.out, HasSubstr("flapping.yaml:14: error WouldFlap"));
}

TEST(Check, EveryDocumentOfAFileCounts) {
  const std::string good =
      service("{name: cpu_usage, scaleUpThreshold: 90, scaleDownThreshold: 9}");
  const std::string bad = service("{name: cpu_usage, scaleUpThreshold: 9, scaleDownThreshold: 90}");
  const std::string other = "kind: Deployment\napiVersion: apps/v1\nspec: {tiers: no}\n";
  EXPECT_EQ(RunCli()({"check", "-f", "-"}, good + "---\n" + other).exit, 0);
  const Outcome outcome = RunCli()({"check", "-f", "-"}, good + "---\n" + other + "---\n" + bad);
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.out, HasSubstr("stdin:17: error ThresholdsOnWrongSide"));
}

TEST(Check, TheCataloguesWordCounts) {
  const std::string path = testing::TempDir() + "check_catalogue.yaml";
  std::ofstream(path) << "metrics:\n- {name: gpu, unit: '%', query: sum(gpu), boundedAt: 100}\n";
  const std::string asked = service("{name: gpu, scaleUpThreshold: 120}");
  const Outcome guessed = RunCli()({"check", "-f", "-"}, asked);
  EXPECT_EQ(guessed.exit, 0);
  EXPECT_THAT(guessed.out, HasSubstr("warning UnknownMetric"));
  const Outcome told = RunCli()({"check", "-f", "-", "--config", path}, asked);
  EXPECT_EQ(told.exit, 1);
  EXPECT_THAT(told.out, HasSubstr("error UnreachableTrigger"));
  EXPECT_THAT(told.out, HasSubstr("check_catalogue.yaml:2: warning NoIdentity metrics[0].query"));
  const std::string unknown = service("{name: gpus, scaleUpThreshold: 120}");
  EXPECT_THAT(RunCli()({"check", "-f", "-", "--config", path}, unknown).out,
              HasSubstr("error UnknownMetric"));
  std::filesystem::remove(path);
}

TEST(Check, UnreadableInputIsOneLineAndTwo) {
  const auto refused = [](const std::vector<std::string>& arguments, const std::string& in = "") {
    std::vector<std::string> all{"check"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const Outcome outcome = RunCli()(all, in);
    EXPECT_EQ(outcome.exit, 2);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1);
    return outcome.err;
  };
  EXPECT_THAT(refused({"-f", "/no/such/file"}), StartsWith("/no/such/file: cannot be opened"));
  EXPECT_THAT(refused({"-f", "-"}, "a: [b"), StartsWith("stdin"));
  EXPECT_EQ(refused({"-f", "-"}, "\n"), "stdin: is empty\n");
  EXPECT_EQ(refused({"-f", "-"}, "kind: Pod\napiVersion: v1\n"),
            "stdin: holds no EvaluationService\n");
  EXPECT_THAT(refused({"-f", sound, "--config", "/no/such/file"}), StartsWith("/no/such/file"));
  EXPECT_THAT(refused({}), HasSubstr("name a file with -f or --config"));
  EXPECT_THAT(refused({"-f", "-", "-f", "-"}), HasSubstr("-f - can be given once"));
  EXPECT_THAT(refused({"-f", sound, "-o", "xml"}), HasSubstr("xml"));
}

TEST(Check, ColoursAreForTerminals) {
  RunCli plain;
  EXPECT_THAT(plain({"check", "-f", flapping}).out, Not(HasSubstr("\x1b[")));
  RunCli painted;
  painted.paint = Paint::Kind::Ansi;
  EXPECT_THAT(painted({"check", "-f", flapping}).out, HasSubstr("\x1b[31merror WouldFlap\x1b[0m"));
  EXPECT_THAT(painted({"check", "-f", flapping, "-o", "json"}).out, Not(HasSubstr("\x1b[")));
}

TEST(Check, TheOperatorsLimitCanBeSaid) {
  const std::string large =
      "apiVersion: evalscaler.io/v1alpha1\nkind: EvaluationService\nmetadata: {name: s}\n"
      "spec: {tiers: [{name: app, scaleTargetRef: {name: app}, minReplicas: 2, maxReplicas: 2000, "
      "threshold: {metrics: [{name: cpu_usage, scaleUpThreshold: 90, scaleDownThreshold: 9}]}}]}\n";
  EXPECT_THAT(RunCli()({"check", "-f", "-"}, large).out, HasSubstr("AboveOperatorLimit"));
  EXPECT_THAT(RunCli()({"check", "-f", "-", "--max-replicas-limit", "2000"}, large).out,
              Not(HasSubstr("AboveOperatorLimit")));
}

}  // namespace
}  // namespace evalscaler::cli
