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

}  // namespace
}  // namespace evalscaler::cli
