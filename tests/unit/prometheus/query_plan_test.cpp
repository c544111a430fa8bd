// SPDX-License-Identifier: Apache-2.0
#include "prometheus/query_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace evalscaler::prometheus {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class QueryPlanTest : public testing::Test {
 protected:
  static ObjectKey service(int number) { return {"ml", "s" + std::to_string(number)}; }

  void want(int number, const std::vector<std::string>& queries, seconds interval = seconds(15)) {
    std::vector<QueryKey> keys;
    keys.reserve(queries.size());
    for (const std::string& query : queries) keys.push_back({"default", query});
    plan.demand(service(number), keys, interval, now);
  }

  // Takes and finishes all that is due; returns the texts, in the order they were taken.
  std::vector<std::string> ask_all(const Exchange& how = {}) {
    std::vector<std::string> asked;
    while (const auto due = plan.take("default", now)) {
      asked.push_back(due->text);
      for (const ObjectKey& each : plan.finish(due->id, how, now)) complete.push_back(each.name);
    }
    return asked;
  }

  void settle() { now += QueryPlan::kSettling; }

  QueryPlan plan;
  SteadyTime now = SteadyTime{} + std::chrono::hours(1);
  std::vector<std::string> complete;
};

TEST_F(QueryPlanTest, HundredServicesWithFiveMetricsAreFiveQueriesPerInterval) {
  for (int i = 0; i < 100; ++i) want(i, {"a", "b", "c", "d", "e"});
  settle();
  EXPECT_EQ(ask_all().size(), 5U);
  EXPECT_EQ(complete.size(), 100U);
  std::size_t asked = 0;
  for (int second = 0; second < 150; ++second) {
    now += seconds(1);
    asked += ask_all().size();
  }
  EXPECT_EQ(asked, 50U);
  EXPECT_EQ(plan.rounds(service(99)), 11U);
}

TEST_F(QueryPlanTest, NewQueryWaitsForTheServicesThatCome) {
  want(0, {"a"});
  now += milliseconds(200);
  want(1, {"a"});
  now += milliseconds(200);
  EXPECT_TRUE(ask_all().empty());
  now += milliseconds(50);
  EXPECT_EQ(ask_all().size(), 1U);
  EXPECT_EQ(complete.size(), 2U);
}

TEST_F(QueryPlanTest, NewQueryDoesNotWaitForEver) {
  const SteadyTime begin = now;
  for (int i = 0; ask_all().empty(); ++i) {
    want(i, {"a"});
    now += milliseconds(100);
  }
  EXPECT_EQ(now - begin, QueryPlan::kLongestSettling);
}

TEST_F(QueryPlanTest, RepeatedDemandChangesNothing) {
  want(0, {"a", "b"});
  settle();
  ask_all();
  const SteadyTime due = plan.next_due("default");
  for (int i = 0; i < 10; ++i) want(0, {"a", "b"});
  EXPECT_EQ(plan.next_due("default"), due);
  EXPECT_EQ(plan.size(), 2U);
}

TEST_F(QueryPlanTest, ForgottenQueriesAreNoLongerAsked) {
  want(0, {"a", "b"});
  want(1, {"b"});
  settle();
  plan.forget(service(0));
  EXPECT_EQ(ask_all(), std::vector<std::string>{"b"});
  plan.forget(service(1));
  EXPECT_EQ(plan.size(), 0U);
  EXPECT_EQ(plan.next_due("default"), SteadyTime::max());
}

TEST_F(QueryPlanTest, ServiceForgottenWhileItsQueryIsInFlightIsNotReported) {
  want(0, {"a"});
  settle();
  const auto due = plan.take("default", now);
  ASSERT_TRUE(due);
  plan.forget(service(0));
  EXPECT_TRUE(plan.finish(due->id, {}, now).empty());
  EXPECT_EQ(plan.size(), 0U);
}

TEST_F(QueryPlanTest, ShortestIntervalRulesAndSlowServicesKeepTheirOwnRounds) {
  want(0, {"a"}, seconds(15));
  want(1, {"a"}, seconds(60));
  settle();
  std::size_t asked = ask_all().size();
  for (int second = 0; second < 120; ++second) {
    now += seconds(1);
    asked += ask_all().size();
  }
  EXPECT_EQ(asked, 9U);
  EXPECT_EQ(plan.rounds(service(0)), 9U);
  EXPECT_EQ(plan.rounds(service(1)), 3U);
}

TEST_F(QueryPlanTest, RoundIsCompleteWhenTheLastOfItsQueriesIs) {
  want(0, {"a", "b"});
  settle();
  const auto a = plan.take("default", now);
  const auto b = plan.take("default", now);
  ASSERT_TRUE(a && b);
  EXPECT_TRUE(plan.finish(a->id, {}, now).empty());
  EXPECT_EQ(plan.rounds(service(0)), 0U);
  EXPECT_EQ(plan.finish(b->id, {}, now).size(), 1U);
  EXPECT_EQ(plan.rounds(service(0)), 1U);
}

// After a pause everything is asked twice within one interval. The answers that came too soon for
// a round must not fill up the next one, which then would be complete with the first answer.
TEST_F(QueryPlanTest, AnswersThatCameTooSoonAreNotTakenForThoseOfTheNextRound) {
  want(0, {"a", "b"});
  settle();
  ask_all();
  now += seconds(29);
  ask_all();
  now += seconds(1);
  ask_all();
  EXPECT_EQ(plan.rounds(service(0)), 2U);
  now += seconds(15);
  const auto a = plan.take("default", now);
  const auto b = plan.take("default", now);
  ASSERT_TRUE(a && b);
  EXPECT_TRUE(plan.finish(a->id, {}, now).empty());
  EXPECT_EQ(plan.finish(b->id, {}, now).size(), 1U);
  EXPECT_EQ(plan.rounds(service(0)), 3U);
}

TEST_F(QueryPlanTest, AddedQueryMustBeAnsweredBeforeTheNextRound) {
  want(0, {"a"});
  settle();
  ask_all();
  want(0, {"a", "b"});
  now += seconds(15);
  const auto first = plan.take("default", now);
  ASSERT_TRUE(first);
  EXPECT_TRUE(plan.finish(first->id, {}, now).empty());
  ask_all();
  EXPECT_EQ(plan.rounds(service(0)), 2U);
}

TEST_F(QueryPlanTest, FailuresAreNeverAskedMoreThanOncePerIntervalAndThenLess) {
  want(0, {"a"});
  settle();
  const Exchange failed{Exchange::Result::Failed, {}, {}, 0.5};
  std::size_t asked = 0;
  for (int second = 0; second < 300; ++second) {
    asked += ask_all(failed).size();
    now += seconds(1);
  }
  EXPECT_GE(asked, 10U);
  EXPECT_LE(asked, 13U);  // of 20 intervals
  EXPECT_EQ(plan.rounds(service(0)), asked);
}

TEST_F(QueryPlanTest, RetryAfterIsHonoured) {
  want(0, {"a"});
  settle();
  ask_all({Exchange::Result::Failed, {}, seconds(120), 0});
  now += seconds(119);
  EXPECT_TRUE(ask_all().empty());
  now += seconds(1);
  EXPECT_EQ(ask_all().size(), 1U);
}

TEST_F(QueryPlanTest, DeadlineIsAThirdOfTheIntervalAndAtMostTenSeconds) {
  want(0, {"a"}, seconds(15));
  settle();
  EXPECT_EQ(plan.take("default", now)->deadline, seconds(5));
  want(1, {"b"}, seconds(300));
  settle();
  EXPECT_EQ(plan.take("default", now)->deadline, seconds(10));
}

TEST_F(QueryPlanTest, SlowQueriesLeavePlacesToTheOthers) {
  want(0, {"s1", "s2", "s3", "s4", "s5"});
  settle();
  ask_all({Exchange::Result::Failed, seconds(5), {}, 0});
  want(0, {"s1", "s2", "s3", "s4", "s5", "quick"});
  now += seconds(15);
  std::vector<std::string> taken;
  while (const auto due = plan.take("default", now)) taken.push_back(due->text);
  EXPECT_THAT(taken, testing::UnorderedElementsAre("s1", "s2", "quick"));
}

TEST_F(QueryPlanTest, ServersAreAskedForTheirOwnQueries) {
  plan.demand(service(0), {{"default", "a"}, {"other", "a"}}, seconds(15), now);
  settle();
  EXPECT_EQ(ask_all().size(), 1U);
  EXPECT_TRUE(plan.take("other", now));
  EXPECT_FALSE(plan.take("unknown", now));
}

TEST_F(QueryPlanTest, MissedTicksAreNotMadeUpFor) {
  want(0, {"a"});
  settle();
  ask_all();
  now += seconds(100);
  EXPECT_EQ(ask_all().size(), 1U);
}

}  // namespace
}  // namespace evalscaler::prometheus
