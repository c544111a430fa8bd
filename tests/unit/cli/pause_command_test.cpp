// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run_cli.hpp"

namespace evalscaler::cli {
namespace {

using testing::HasSubstr;
using Verb = fakes::ScriptedKubeApi::Verb;

constexpr const char* kWeb = "/apis/evalscaler.io/v1alpha1/namespaces/ml/evaluationservices/web";

std::string service(const std::string& annotations, const std::string& mode = "Auto") {
  return R"({"metadata":{"name":"web","namespace":"ml","annotations":)" + annotations +
         R"(},"spec":{"mode":")" + mode + R"(","tiers":[]}})";
}

TEST(Pause, SetsTheAnnotationByAMergePatchAndNothingElse) {
  for (const auto& [direction, value, says] :
       {std::tuple{"all", "true", "service ml/web is paused: nothing is scaled; 'resume web'"},
        {"up", "scale-up", "is paused upwards: it is not scaled up, down goes on"},
        {"down", "scale-down", "is paused downwards: it is not scaled down, up goes on"}}) {
    RunCli cli;
    const std::string annotation = R"({"evalscaler.io/paused":")" + std::string(value) + "\"}";
    cli.api->expect(Verb::Patch, kWeb, service(annotation));
    const Outcome outcome = cli({"pause", "web", "--direction", direction});
    EXPECT_EQ(outcome.exit, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr(says));
    EXPECT_EQ(cli.api->last_call().patch, kube::PatchType::Merge);
    EXPECT_EQ(cli.api->last_call().body, R"({"metadata":{"annotations":)" + annotation + "}}");
  }
}

TEST(Pause, BothDirectionsWithoutAnOption) {
  RunCli cli;
  cli.api->expect(Verb::Patch, kWeb, service(R"({"evalscaler.io/paused":"true"})"));
  const Outcome outcome = cli({"pause", "web", "-o", "json"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_EQ(outcome.out, R"({
  "service": "web",
  "namespace": "ml",
  "mode": "Auto",
  "annotation": "true",
  "paused": {
    "up": true,
    "down": true
  }
}
)");
}

TEST(Resume, RemovesTheAnnotation) {
  RunCli cli;
  cli.api->expect(Verb::Patch, kWeb, service(R"({"other":"x"})"));
  const Outcome outcome = cli({"resume", "web"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "service ml/web is not paused\n");
  EXPECT_EQ(cli.api->last_call().body,
            R"({"metadata":{"annotations":{"evalscaler.io/paused":null}}})");
}

TEST(Resume, AModeThatIsPausedIsSaidAndIsExitOne) {
  RunCli cli;
  cli.api->expect(Verb::Patch, kWeb, service("{}", "Paused"));
  const Outcome outcome = cli({"resume", "web"});
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.out, HasSubstr("the annotation is gone, but spec.mode is Paused"));
  cli.api->expect(Verb::Patch, kWeb, service("{}", "Paused"));
  const Outcome json = cli({"resume", "web", "-o", "json"});
  EXPECT_EQ(json.exit, 1);
  EXPECT_THAT(json.out, HasSubstr(R"("up": true)"));
}

TEST(Pause, AServiceThatDoesNotExistIsExitOne) {
  RunCli cli;
  cli.api->expect(Verb::Patch, kWeb, fail(ErrorKind::NotFound, "not found"));
  const Outcome outcome = cli({"pause", "web"});
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, HasSubstr("service ml/web: not found"));
}

TEST(Pause, ForbiddenNamesTheRight) {
  RunCli cli;
  cli.api->expect(Verb::Patch, kWeb, fail(ErrorKind::Forbidden, "user x cannot patch"));
  const Outcome outcome = cli({"pause", "web"});
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, HasSubstr("user x cannot patch; ask for patch on evaluationservices"));
}

TEST(Pause, ALostAnswerIsNoSuccess) {
  RunCli cli;
  cli.api->expect(Verb::Patch, kWeb, fail(ErrorKind::OutcomeUnknown, "no answer"));
  const Outcome outcome = cli({"pause", "web"});
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, HasSubstr("not known whether this was done: no answer; doing it again"));
}

TEST(Pause, AnotherDirectionIsBadUsage) {
  EXPECT_EQ(RunCli()({"pause", "web", "--direction", "sideways"}).exit, 2);
  EXPECT_EQ(RunCli()({"pause"}).exit, 2);
}

}  // namespace
}  // namespace evalscaler::cli
