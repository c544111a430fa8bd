// SPDX-License-Identifier: Apache-2.0
// `plan` against a scripted API server behind which an operator answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/plan_preview.hpp"
#include "run_cli.hpp"
#include "service_json.hpp"

namespace evalscaler::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using Verb = fakes::ScriptedKubeApi::Verb;

const std::string one_service =
    "/apis/evalscaler.io/v1alpha1/namespaces/ml/evaluationservices/prediction-service";
constexpr const char* kServices = "/api/v1/services";
constexpr const char* kProxy =
    "/api/v1/namespaces/ops/services/http:evalscaler:metrics/proxy/plan/ml/prediction-service/"
    "cache/3";
constexpr const char* kOperator = R"({"metadata":{"resourceVersion":"9"},"items":[
{"metadata":{"name":"evalscaler","namespace":"ops"},"spec":{"selector":{"app":"ev"},
"ports":[{"name":"metrics","port":80,"targetPort":"http"}]}}]})";
const std::vector<std::string> kAsked{"plan", "prediction-service", "--tier", "cache", "--to", "3"};

api::PlanPreview shrinking() {
  api::PlanPreview preview;
  preview.from = 5;
  preview.to = 4;
  preview.wanted = 3;
  preview.leaving = {"cache-8, a replica", "cache-9, a master with 3276 slots"};
  preview.moves = {{"cache-9", "cache-0", 1638, 20'000, 1'500'000},
                   {"cache-9", "cache-1", 1638, 21'000, 1'600'000}};
  preview.notes = {"one shard at a time: others follow until there are 3"};
  return preview;
}

std::string json(const api::PlanPreview& preview) {
  wire::JsonWriter out;
  api::write_plan_preview(out, preview);
  return std::move(out).text();
}

void expect_answer(RunCli& cli, const api::PlanPreview& preview) {
  cli.api->expect(Verb::Get, one_service, service_json());
  cli.api->expect(Verb::List, kServices, std::string(kOperator));
  cli.api->expect(Verb::Get, kProxy, json(preview));
}

TEST(PlanCommand, PrintsWhoLeavesAndWhatMovesWithSizesAndTheirSum) {
  RunCli cli;
  expect_answer(cli, shrinking());
  const Outcome outcome = cli(kAsked);
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  for (const char* part : {"tier cache: from 5 to 4  by ops/evalscaler; nothing was changed\n",
                           "  one shard at a time: others follow until there are 3\n",
                           "  leaves: cache-9, a master with 3276 slots\n", "SLOTS", "cache-0",
                           "1.5 MB", "  3276 slots, about 41000 keys and 3.1 MB would move\n"}) {
    EXPECT_THAT(outcome.out, HasSubstr(part));
  }
}

TEST(PlanCommand, APlanThatWouldNotBeginSaysWhyAndExitsWithOne) {
  RunCli cli;
  api::PlanPreview refused;
  refused.from = 5;
  refused.to = refused.wanted = 3;
  refused.obstacles = {{"ReplicaLagging", "replica #6 is 2097152 bytes behind"},
                       {"DisruptionBudget", "a PodDisruptionBudget allows nothing"}};
  expect_answer(cli, refused);
  const Outcome outcome = cli(kAsked);
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.out,
              HasSubstr("  would not begin: ReplicaLagging: replica #6 is 2097152 bytes behind\n"));
  EXPECT_THAT(outcome.out, HasSubstr("would not begin: DisruptionBudget"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("move")));
}

TEST(PlanCommand, JsonIsWhatTheOperatorSaid) {
  RunCli cli;
  expect_answer(cli, shrinking());
  std::vector<std::string> arguments = kAsked;
  arguments.insert(arguments.end(), {"-o", "json"});
  const Outcome outcome = cli(arguments);
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  api::PlanPreview read;
  wire::JsonReader reader;
  const auto done = reader.read_copy(outcome.out, [&](wire::JsonCursor& root) -> Result<void> {
    auto preview = api::read_plan_preview(root);
    if (!preview) return preview.error();
    read = std::move(preview).value();
    return {};
  });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(read, shrinking());
}

TEST(PlanCommand, NamesOfOthersCannotDressUpTheTerminal) {
  RunCli cli;
  api::PlanPreview preview = shrinking();
  preview.moves[0].from = "cache-9\x1b[31m\nleaves: nobody";
  expect_answer(cli, preview);
  const Outcome outcome = cli(kAsked);
  EXPECT_THAT(outcome.out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(outcome.out, Not(HasSubstr("\nleaves: nobody")));
}

TEST(PlanCommand, WhoMayNotReadTheServiceIsToldNothingOfIt) {
  RunCli cli;
  cli.api->expect(Verb::Get, one_service, fail(ErrorKind::Forbidden, "cannot get"));
  const Outcome outcome = cli(kAsked);
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, HasSubstr("cannot get"));
}

TEST(PlanCommand, WithoutAnOperatorThereIsNoAnswer) {
  RunCli cli;
  cli.api->expect(Verb::Get, one_service, service_json());
  cli.api->expect(Verb::List, kServices,
                  std::string(R"({"metadata":{"resourceVersion":"9"},"items":[]})"));
  const Outcome outcome = cli(kAsked);
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, HasSubstr("app.kubernetes.io/name=evalscaler"));
}

TEST(PlanCommand, ATierThatIsNoDataTierIsTheOperatorsToRefuse) {
  RunCli cli;
  cli.api->expect(Verb::Get, one_service, service_json());
  cli.api->expect(Verb::List, kServices, std::string(kOperator));
  cli.api->expect(Verb::Get, kProxy, fail(ErrorKind::Invalid, "tier cache is scaled by one write"));
  const Outcome outcome = cli(kAsked);
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, HasSubstr("tier cache is scaled by one write"));
}

TEST(PlanCommand, TierAndNumberMustBeGiven) {
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"plan", "web"},
                                             {"plan", "web", "--tier", "cache"},
                                             {"plan", "web", "--tier", "cache", "--to", "-1"},
                                             {"plan", "web", "--tier", "cache", "--to", "many"}}) {
    EXPECT_EQ(RunCli()(arguments).exit, 2) << arguments.back();
  }
}

}  // namespace
}  // namespace evalscaler::cli
