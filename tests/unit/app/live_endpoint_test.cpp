// SPDX-License-Identifier: Apache-2.0
#include "app/live_endpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evalscaler::app {
namespace {

using testing::HasSubstr;

LiveQuestions questions(Result<api::ServiceExplanation> found = api::ServiceExplanation{}) {
  return {[found](const ObjectKey&) { return found; },
          [](const ObjectKey&, const std::string&, api::Replicas) { return api::PlanPreview{}; },
          [] { return true; }, [] { return std::string("pod-a_12"); }};
}

wire::HttpAnswer asked(const LiveQuestions& with, std::string_view path = "ml/web") {
  return live_folders(with).at("/explain/")(path);
}

TEST(LiveEndpoint, TakesTwoNamesAndNothingElse) {
  EXPECT_EQ(parse_service_path("ml/web"), (ObjectKey{"ml", "web"}));
  EXPECT_EQ(parse_service_path("a-1/web.v2"), (ObjectKey{"a-1", "web.v2"}));
  for (const char* path : {"", "/", "ml", "ml/", "/web", "ml/web/", "ml/web/x", "ml//web", "../web",
                           "ml/..", "ml/.", "m.l/web", "ML/web", "ml/we b", "ml/web?x", "ml/-web",
                           "ml/web-", "ml/a..b", "ml/\xc3\xa4"}) {
    EXPECT_FALSE(parse_service_path(path).has_value()) << path;
  }
  EXPECT_FALSE(parse_service_path(std::string(64, 'a') + "/web").has_value());
  EXPECT_FALSE(parse_service_path("ml/" + std::string(254, 'a')).has_value());
}

TEST(LiveEndpoint, APlanIsAskedForWithItsTierAndItsSize) {
  const auto asked_for = parse_plan_path("ml/web/cache/4");
  ASSERT_TRUE(asked_for);
  EXPECT_EQ(asked_for->service, (ObjectKey{"ml", "web"}));
  EXPECT_EQ(asked_for->tier, "cache");
  EXPECT_EQ(asked_for->wanted, 4);
  for (const char* path :
       {"", "/", "/4", "4", "ml/web/4", "ml/web/cache", "ml/web/cache/", "ml/web/cache/-1",
        "ml/web/cache/4x", "ml/web/cache/+4", "ml/web/cache/99999999999", "ml/web/../4",
        "ml/web//4", "ml/web/x/cache/4", "ml/web/Cache/4"}) {
    EXPECT_FALSE(parse_plan_path(path)) << path;
  }
}

TEST(LiveEndpoint, APlanIsAnsweredOrRefusedByTheOneThatLeads) {
  LiveQuestions with = questions();
  with.plan = [](const ObjectKey&, const std::string& tier, api::Replicas wanted) {
    api::PlanPreview out;
    out.from = 3;
    out.wanted = wanted;
    out.notes = {tier};
    return out;
  };
  const auto plan = [&](std::string_view path) { return live_folders(with).at("/plan/")(path); };
  EXPECT_EQ(plan("ml/web/cache/4").status, 200);
  EXPECT_THAT(plan("ml/web/cache/4").body, HasSubstr(R"("wanted":4)"));
  EXPECT_EQ(plan("ml/web").status, 400);
  with.plan = [](const ObjectKey&, const std::string&, api::Replicas) -> Result<api::PlanPreview> {
    return fail(ErrorKind::Invalid, "tier app is a Deployment");
  };
  EXPECT_EQ(plan("ml/web/app/4").status, 422);
  with.leads = [] { return false; };
  EXPECT_EQ(plan("ml/web/cache/4").status, 503);
}

TEST(LiveEndpoint, AnswersWithTheExplanation) {
  api::ServiceExplanation found;
  found.key = {"ml", "web"};
  const auto answer = asked(questions(found));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_THAT(answer.body, HasSubstr(R"("service":"web","namespace":"ml")"));
}

TEST(LiveEndpoint, ABadPathIsToldAndNobodyIsAsked) {
  LiveQuestions with = questions();
  with.explain = [](const ObjectKey&) -> Result<api::ServiceExplanation> {
    ADD_FAILURE() << "asked";
    return fail(ErrorKind::NotFound, "");
  };
  const auto answer = asked(with, "ml/web/../x");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr(R"("kind":"Status")"));
}

TEST(LiveEndpoint, AStandbyNamesTheLeader) {
  LiveQuestions with = questions();
  with.leads = [] { return false; };
  EXPECT_EQ(asked(with).status, 503);
  EXPECT_THAT(asked(with).body, HasSubstr("this operator stands by, pod-a_12 leads"));
  with.leader = [] { return std::string(); };
  EXPECT_THAT(asked(with).body, HasSubstr("stands by, nobody leads"));
}

TEST(LiveEndpoint, WhatIsNotKnownIs404AndWhatIsNotYetIs503) {
  EXPECT_EQ(asked(questions(fail(ErrorKind::NotFound, "x"))).status, 404);
  const auto answer = asked(questions(fail(ErrorKind::Unavailable, "not\nlooked at yet")));
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("\"not looked at yet\""));
}

}  // namespace
}  // namespace evalscaler::app
