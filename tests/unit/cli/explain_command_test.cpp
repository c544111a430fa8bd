// SPDX-License-Identifier: Apache-2.0
// explain against a scripted API server: live, and from status alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run_cli.hpp"
#include "service_json.hpp"

namespace evalscaler::cli {
namespace {

using testing::HasSubstr;
using Verb = fakes::ScriptedKubeApi::Verb;

const std::string one_service =
    "/apis/evalscaler.io/v1alpha1/namespaces/ml/evaluationservices/prediction-service";
constexpr const char* kServices = "/api/v1/services";
constexpr const char* kProxy =
    "/api/v1/namespaces/ops/services/http:evalscaler:metrics/proxy/explain/ml/prediction-service";
constexpr const char* kOpsPods = "/api/v1/namespaces/ops/pods";

std::string list_of(const std::string& items) {
  return R"({"metadata":{"resourceVersion":"9"},"items":[)" + items + "]}";
}

// One Service in ops, its metrics on the second port, by a name that the pods know.
std::string operator_service(const std::string& space = "ops") {
  return R"({"metadata":{"name":"evalscaler","namespace":")" + space +
         R"("},"spec":{"selector":{"app":"ev","tier":"x"},"ports":[{"name":"probes","port":81},
{"name":"metrics","port":80,"targetPort":"http"}]}})";
}

std::string pod(const std::string& name, const std::string& phase = "Running") {
  return R"({"metadata":{"name":")" + name +
         R"(","namespace":"ops"},"spec":{"containers":[{"ports":[
{"name":"http","containerPort":8080}]}]},"status":{"phase":")" +
         phase + R"("}})";
}

std::string pod_proxy(const std::string& name) {
  return "/api/v1/namespaces/ops/pods/http:" + name + ":8080/proxy/explain/ml/prediction-service";
}

std::string live_answer(const std::string& name = "prediction-service") {
  return R"({"service":")" + name + R"json(","namespace":"ml","generation":3,
"asOf":"2026-01-01T09:00:30Z","nextVisitSeconds":12,"tiers":[{"name":"app","target":"Deployment web",
"minReplicas":5,"maxReplicas":50,"current":8,"ready":7,"desired":8,
"metrics":[{"name":"cpu_usage","state":"Fresh","value":66.5,"unit":"%","scaleUpThreshold":70,
"scaleDownThreshold":30,"worse":"Higher","ageSeconds":3}],
"lastDecision":{"time":"2026-01-01T09:00:25Z","from":8,"to":8,"applied":false,"reason":"NoTrigger",
"message":"app holds at 8: why","steps":[]},"freshStreak":{"is":2,"needed":3},
"cooldown":{"upSecondsLeft":42,"downSecondsLeft":0,"message":"cooldown: up waits 42s more"},
"needs":{"up":"up needs cpu_usage > 70 (is 66.5)","down":"down needs 1 of 1 low"},
"inTheWay":{"up":[{"stage":"cooldown","reason":"CooldownUp","message":"going to 9 waits 42s more",
"until":"2026-01-01T09:01:12Z"}],"down":[]},
"atMost":{"up":{"replicas":10,"moreAt":"2026-01-01T09:00:42Z"}}}]})json";
}

void expect_no_operator(RunCli& cli, const std::string& service) {
  cli.api->expect(Verb::Get, one_service, service);
  cli.api->expect(Verb::List, kServices, list_of(""));
}

void expect_operator(RunCli& cli) {
  cli.api->expect(Verb::Get, one_service, service_json());
  cli.api->expect(Verb::List, kServices, list_of(operator_service()));
}

TEST(ExplainLive, IsWhatTheOperatorSaysByItsOwnClock) {
  RunCli cli;
  expect_operator(cli);
  cli.api->expect(Verb::Get, kProxy, live_answer());
  const Outcome outcome = cli({"explain", "prediction-service"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  for (const char* part :
       {"  live, from ops/evalscaler; it looks again within 12s\n", "  Ready True",
        "tier app: Deployment web, 5..50 replicas, has 8 (7 ready)\n", "Fresh, 3s old",
        "  decided 5s ago: 8 stays  NoTrigger\n",
        "  up needs cpu_usage > 70 (is 66.5)\n"
        "    but CooldownUp: going to 9 waits 42s more\n",
        "  down needs 1 of 1 low\n", "  behavior: up to 10 at most now, further in 12s\n",
        "  fresh evaluations in a row: 2 of the 3 that a scale-down needs\n",
        "  cooldown: up waits 42s more\n"}) {
    EXPECT_THAT(outcome.out, HasSubstr(part));
  }
}

TEST(ExplainLive, JsonSaysWhoSaidIt) {
  RunCli cli;
  expect_operator(cli);
  cli.api->expect(Verb::Get, kProxy, live_answer());
  const Outcome outcome = cli({"explain", "prediction-service", "-o", "json"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  for (const char* part : {R"("source": "operator")", R"("from": "ops/evalscaler")",
                           R"("upToDate": true)", R"("nextVisitSeconds": 12)", R"("is": 2)",
                           R"("until": "2026-01-01T09:01:12Z")", R"("value": 66.5)"}) {
    EXPECT_THAT(outcome.out, HasSubstr(part));
  }
  EXPECT_EQ(outcome.out.find("whyNotLive"), std::string::npos);
}

TEST(ExplainLive, AStandbyLeadsToThePodThatLeads) {
  RunCli cli;
  expect_operator(cli);
  cli.api->expect(Verb::Get, kProxy,
                  fail(ErrorKind::Unavailable, "this operator stands by, ev-b_0f leads"));
  cli.api->expect(Verb::List, kOpsPods,
                  list_of(pod("ev-a") + "," + pod("ev-gone", "Failed") + "," + pod("ev-b")));
  cli.api->expect(Verb::Get, pod_proxy("ev-b"), live_answer());
  const Outcome outcome = cli({"explain", "prediction-service"});
  EXPECT_THAT(outcome.out, HasSubstr("  live, from ops/ev-b;"));
  EXPECT_EQ(cli.api->calls().at(3).list_query.label_selector, "app=ev,tier=x");
}

TEST(ExplainLive, WithoutPodsRightsTheStatusAnswersAndSaysWhy) {
  RunCli cli;
  expect_operator(cli);
  cli.api->expect(Verb::Get, kProxy, fail(ErrorKind::Unavailable, "stands by, ev-b_0f leads"));
  cli.api->expect(Verb::List, kOpsPods, fail(ErrorKind::Forbidden, "cannot list pods"));
  const Outcome outcome = cli({"explain", "prediction-service"});
  EXPECT_EQ(outcome.exit, 0);
  EXPECT_THAT(outcome.out,
              HasSubstr("from its status, as of 5s ago; no live answer: ops/evalscaler: stands by, "
                        "ev-b_0f leads; and of its pods: cannot list pods\n"));
}

TEST(ExplainLive, EveryFailureFallsBackInOneLine) {
  for (const auto& [error, why] :
       {std::pair{fail(ErrorKind::Forbidden, "user x cannot get services/proxy"), "user x cannot"},
        {fail(ErrorKind::NotFound, "this operator does not look after it"), "does not look after"},
        {fail(ErrorKind::OutcomeUnknown, "timed\nout"), "timed out"}}) {
    RunCli cli;
    expect_operator(cli);
    cli.api->expect(Verb::Get, kProxy, error);
    const Outcome outcome = cli({"explain", "prediction-service", "-o", "json"});
    EXPECT_EQ(outcome.exit, 0);
    EXPECT_THAT(outcome.out, HasSubstr(R"("source": "status")"));
    EXPECT_THAT(outcome.out, HasSubstr(why));
  }
}

TEST(ExplainLive, WhatAnswersInItsPlaceIsNotBelieved) {
  for (const std::string& body :
       {std::string("<html>"), live_answer("another"), std::string("{}")}) {
    RunCli cli;
    expect_operator(cli);
    cli.api->expect(Verb::Get, kProxy, body);
    const Outcome outcome = cli({"explain", "prediction-service"});
    EXPECT_EQ(outcome.exit, 0);
    EXPECT_THAT(outcome.out, HasSubstr("from its status"));
  }
}

TEST(ExplainLive, WhoMayNotLookEverywhereLooksWhereItIsUsuallyInstalled) {
  RunCli cli;
  cli.api->expect(Verb::Get, one_service, service_json());
  cli.api->expect(Verb::List, kServices, fail(ErrorKind::Forbidden, "cannot list services"));
  cli.api->expect(Verb::List, "/api/v1/namespaces/evalscaler-system/services",
                  list_of(operator_service("evalscaler-system")));
  cli.api->expect(Verb::Get,
                  "/api/v1/namespaces/evalscaler-system/services/http:evalscaler:metrics/proxy"
                  "/explain/ml/prediction-service",
                  live_answer());
  EXPECT_THAT(cli({"explain", "prediction-service"}).out,
              HasSubstr("live, from evalscaler-system/evalscaler"));
}

TEST(ExplainLive, ANamedServiceIsTheOnlyOneAsked) {
  RunCli cli;
  cli.api->expect(Verb::Get, one_service, service_json());
  cli.api->expect(Verb::Get, "/api/v1/namespaces/ops/services/evalscaler", operator_service());
  cli.api->expect(Verb::Get, kProxy, live_answer());
  const Outcome outcome = cli({"explain", "prediction-service", "--operator-namespace", "ops",
                               "--operator-service", "evalscaler"});
  EXPECT_THAT(outcome.out, HasSubstr("live, from ops/evalscaler"));
}

TEST(ExplainLive, TheInstalledOperatorComesBeforeALabelInSomeNamespace) {
  RunCli cli;
  cli.api->expect(Verb::Get, one_service, service_json());
  cli.api->expect(Verb::List, kServices,
                  list_of(operator_service("aaa") + "," + operator_service("evalscaler-system")));
  cli.api->expect(Verb::Get, "", [](const auto& call) {
    EXPECT_THAT(call.path, HasSubstr("/namespaces/evalscaler-system/"));
    return Result(live_answer());
  });
  EXPECT_EQ(cli({"explain", "prediction-service"}).exit, 0);
}

// A person without the right to the resource is not told of it by the operator.
TEST(ExplainLive, TheObjectIsReadFirst) {
  RunCli cli;
  cli.api->expect(Verb::Get, one_service, fail(ErrorKind::Forbidden, "cannot get"));
  EXPECT_EQ(cli({"explain", "prediction-service"}).exit, 1);
}

TEST(ExplainStatus, ShowsReadingsDecisionStepsAndTheWaysOut) {
  RunCli cli;
  expect_no_operator(cli, service_json());
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
  EXPECT_THAT(outcome.out, HasSubstr("  up is asked for: own 10 > 9 (score 0.1111)\n"));
  EXPECT_THAT(outcome.out, HasSubstr("  down needs 2 of 2 low, has 0"));
  EXPECT_THAT(outcome.out, HasSubstr("  cooldown: up waits 4m, down waits 4m more\n"));
}

TEST(ExplainStatus, JsonHasStableNames) {
  RunCli cli;
  cli.api->expect(Verb::Get, "/apis/evalscaler.io/v1alpha1/namespaces/web/evaluationservices/a",
                  service_json("a", "web"));
  cli.api->expect(Verb::List, kServices, list_of(""));
  const Outcome outcome = cli({"explain", "a", "-n", "web", "--tier", "app", "-o", "json"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  for (const char* part :
       {R"("service": "a")", R"("namespace": "web")", R"("upToDate": true)", R"("ageSeconds": 8)",
        R"("scaleUpThreshold": 70)", R"("upSecondsLeft": 240)", R"("stage": "cooldown")",
        R"("up": "up is asked for: own 10 > 9)"}) {
    EXPECT_THAT(outcome.out, HasSubstr(part));
  }
}

TEST(ExplainStatus, SaysThatTheOperatorIsBehind) {
  RunCli cli;
  std::string edited = service_json();
  edited.replace(edited.find("\"generation\":3"), 14, "\"generation\":4");
  expect_no_operator(cli, edited);
  EXPECT_THAT(cli({"explain", "prediction-service"}).out,
              HasSubstr("has not seen the latest edit of the spec yet"));
}

TEST(ExplainStatus, AServiceWithoutAStatusIsNotYetReportedOn) {
  RunCli cli;
  const std::string whole = service_json();
  const std::string fresh = whole.substr(0, whole.find(",\n\"status\"")) + "}";
  expect_no_operator(cli, fresh);
  const Outcome outcome = cli({"explain", "prediction-service"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("the operator has not reported on this tier yet"));
}

TEST(ExplainStatus, AnUnknownTierIsExitOneAndNamesTheOthers) {
  RunCli cli;
  expect_no_operator(cli, service_json());
  const Outcome outcome = cli({"explain", "prediction-service", "--tier", "cache"});
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, HasSubstr("no tier 'cache'; it has app"));
}

TEST(ExplainStatus, TextFromTheClusterCannotSteerTheTerminal) {
  RunCli cli;
  std::string evil = service_json();
  for (const std::string part : {"1 tier", "waits 4m more", "no series", "own 10"}) {
    evil.replace(evil.find(part), part.size(), "\\u001b[2J\\n");
  }
  expect_no_operator(cli, evil);
  const Outcome outcome = cli({"explain", "prediction-service"});
  EXPECT_EQ(outcome.out.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace evalscaler::cli
