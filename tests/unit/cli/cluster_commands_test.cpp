// SPDX-License-Identifier: Apache-2.0
// status and explain against a scripted API server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run_cli.hpp"
#include "service_json.hpp"

namespace evalscaler::cli {
namespace {

using testing::HasSubstr;
using Verb = fakes::ScriptedKubeApi::Verb;

constexpr const char* kAll = "/apis/evalscaler.io/v1alpha1/evaluationservices";
constexpr const char* kInMl = "/apis/evalscaler.io/v1alpha1/namespaces/ml/evaluationservices";
const std::string one_service = std::string(kInMl) + "/prediction-service";

std::string list_of(const std::string& items, const std::string& next = "") {
  return R"({"kind":"EvaluationServiceList","metadata":{"resourceVersion":"9","continue":")" +
         next + R"("},"items":[)" + items + "]}";
}

TEST(Status, ListsTheNamespaceOfTheContext) {
  RunCli cli;
  cli.api->expect(Verb::List, kInMl, list_of(service_json()));
  const Outcome outcome = cli({"status", "--kubeconfig", "/k", "--context", "demo"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_EQ(
      outcome.out,
      "NAMESPACE  NAME                MODE  TIERS    READY  REASON           LAST SCALE  AGE\n"
      "ml         prediction-service  Auto  app 8/8  True   AllTargetsFound  1m          2m\n"
      "  app holds at 8: waits\n");
  EXPECT_EQ(cli.asked.kubeconfig, "/k");
  EXPECT_EQ(cli.asked.context, "demo");
}

TEST(Status, ReadsEveryPageAndSortsByName) {
  RunCli cli;
  cli.api->expect(Verb::List, kAll, list_of(service_json("b", "z"), "token"));
  cli.api->expect(Verb::List, kAll, list_of(service_json("a", "z")));
  const Outcome outcome = cli({"status", "-A", "-o", "json"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_EQ(cli.api->last_call().list_query.continue_token, "token");
  EXPECT_LT(outcome.out.find(R"("name": "a")"), outcome.out.find(R"("name": "b")"));
}

TEST(Status, OneThatCannotBeUnderstoodDoesNotHideTheOthers) {
  RunCli cli;
  std::string broken = service_json("broken");
  broken.replace(broken.find("\"Auto\""), 6, "\"Fast\"");
  cli.api->expect(Verb::List, kInMl, list_of(broken + "," + service_json("good")));
  const Outcome outcome = cli({"status"});
  EXPECT_EQ(outcome.exit, 0);
  EXPECT_THAT(outcome.out, HasSubstr("'Fast' is not one of Auto, DryRun, Paused"));
  EXPECT_THAT(outcome.out, HasSubstr("good"));
}

TEST(Status, SaysWhenThereIsNone) {
  RunCli cli;
  cli.api->expect(Verb::List, kInMl, list_of(""));
  const Outcome outcome = cli({"status"});
  EXPECT_EQ(outcome.exit, 0);
  EXPECT_EQ(outcome.err, "no EvaluationService in namespace ml\n");
}

TEST(Status, AServiceThatDoesNotExistIsExitOne) {
  RunCli cli;
  cli.api->expect(Verb::Get, one_service, fail(ErrorKind::NotFound, "not found"));
  cli.api->expect(Verb::List, kInMl, list_of(""));
  const Outcome outcome = cli({"status", "prediction-service"});
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_EQ(outcome.err,
            "kubectl-evalscaler: service ml/prediction-service: not found; 'status -A' lists every "
            "service\n");
}

TEST(Status, AClusterWithoutTheResourceIsToldHowToGetIt) {
  RunCli cli;
  cli.api->expect(Verb::Get, one_service, fail(ErrorKind::NotFound, "no such resource"));
  cli.api->expect(Verb::List, kInMl, fail(ErrorKind::NotFound, "no such resource"));
  const Outcome outcome = cli({"status", "prediction-service"});
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, HasSubstr("not installed in this cluster (kubeconfig, context demo)"));
}

TEST(Status, ForbiddenSaysWhatToAskFor) {
  RunCli cli;
  cli.api->expect(Verb::List, kInMl, fail(ErrorKind::Forbidden, "user x cannot list"));
  const Outcome outcome = cli({"status"});
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, HasSubstr("user x cannot list; ask for get and list on"));
}

TEST(Status, AnUnreachableClusterIsExitOneAndABadKubeconfigExitTwo) {
  RunCli cli;
  cli.api->expect(Verb::List, kInMl, fail(ErrorKind::Unavailable, "connection refused"));
  EXPECT_EQ(cli({"status"}).exit, 1);
  cli.no_cluster = fail(ErrorKind::Invalid, "/k: no context 'x'");
  const Outcome outcome = cli({"status"});
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_EQ(outcome.err, "kubectl-evalscaler: /k: no context 'x'\n");
}

TEST(Explain, ShowsReadingsDecisionStepsAndTheWaysOut) {
  RunCli cli;
  cli.api->expect(Verb::Get, one_service, service_json());
  const Outcome outcome = cli({"explain", "prediction-service"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("ml/prediction-service  mode Auto\n"));
  EXPECT_THAT(outcome.out, HasSubstr("tier app: Deployment ml-prediction-service, 5..50 replicas, "
                                     "has 8 (7 ready)\n"));
  EXPECT_THAT(outcome.out,
              testing::ContainsRegex("cpu_usage +63 +[^ ].* > 70 +< 30 +Fresh, 8s old"));
  EXPECT_THAT(outcome.out, HasSubstr("Missing: no series for ml/ml-prediction-service\n"));
  EXPECT_THAT(outcome.out, HasSubstr("  decided 5s ago: 8 stays  CooldownUp\n"));
  EXPECT_THAT(outcome.out, HasSubstr("    threshold  8 -> 11  ThresholdExceeded: own 10 > 9\n"));
  EXPECT_THAT(outcome.out, HasSubstr("  up needs own > 9 (is 10) or cpu_usage > 70 (is 63) or"));
  EXPECT_THAT(outcome.out, HasSubstr("  down needs 2 of 2 low, has 0"));
  EXPECT_THAT(outcome.out, HasSubstr("  cooldown: up waits 4m, down waits 4m more\n"));
}

TEST(Explain, JsonHasStableNames) {
  RunCli cli;
  cli.api->expect(Verb::Get, "/apis/evalscaler.io/v1alpha1/namespaces/web/evaluationservices/a",
                  service_json("a", "web"));
  const Outcome outcome = cli({"explain", "a", "-n", "web", "--tier", "app", "-o", "json"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  for (const char* part :
       {R"("service": "a")", R"("namespace": "web")", R"("upToDate": true)", R"("ageSeconds": 8)",
        R"("scaleUpThreshold": 70)", R"("upSecondsLeft": 240)", R"("stage": "cooldown")",
        R"("up": "up needs own > 9)"}) {
    EXPECT_THAT(outcome.out, HasSubstr(part));
  }
}

TEST(Explain, SaysThatTheOperatorIsBehind) {
  RunCli cli;
  std::string edited = service_json();
  edited.replace(edited.find("\"generation\":3"), 14, "\"generation\":4");
  cli.api->expect(Verb::Get, one_service, edited);
  EXPECT_THAT(cli({"explain", "prediction-service"}).out,
              HasSubstr("has not seen the latest edit of the spec yet"));
}

TEST(Explain, AServiceWithoutAStatusIsNotYetReportedOn) {
  RunCli cli;
  const std::string whole = service_json();
  const std::string fresh = whole.substr(0, whole.find(",\n\"status\"")) + "}";
  cli.api->expect(Verb::Get, one_service, fresh);
  const Outcome outcome = cli({"explain", "prediction-service"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("the operator has not reported on this tier yet"));
}

TEST(Explain, AnUnknownTierIsExitOneAndNamesTheOthers) {
  RunCli cli;
  cli.api->expect(Verb::Get, one_service, service_json());
  const Outcome outcome = cli({"explain", "prediction-service", "--tier", "cache"});
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, HasSubstr("no tier 'cache'; it has app"));
}

TEST(Explain, TextFromTheClusterCannotSteerTheTerminal) {
  RunCli cli;
  std::string evil = service_json();
  for (const std::string part : {"1 tier", "waits 4m more", "no series", "own 10"}) {
    evil.replace(evil.find(part), part.size(), "\\u001b[2J\\n");
  }
  cli.api->expect(Verb::Get, one_service, evil);
  const Outcome outcome = cli({"explain", "prediction-service"});
  EXPECT_EQ(outcome.out.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace evalscaler::cli
