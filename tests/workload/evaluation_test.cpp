// SPDX-License-Identifier: Apache-2.0
#include "workload/engine/evaluation.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "workload/clock.hpp"
#include "workload/engine/content_hash.hpp"

namespace evalscaler::workload {
namespace {

TEST(Score, IsTheSameInEveryBuildAndRun) {
  // Computed by a second implementation, in another language; a change of these numbers is a change
  // of what the service answers.
  EXPECT_EQ(mixed(0), 0xe220a8397b1dcdafULL);  // the first number of SplitMix64 from seed 0
  EXPECT_EQ(content_hash("accuracy", 0), 0x2454ea2b189946daULL);
  EXPECT_DOUBLE_EQ(score_of("accuracy", "the quick brown fox"), 0.5628);
  EXPECT_DOUBLE_EQ(score_of("fluency", "the quick brown fox"), 0.3265);
}

TEST(Score, StaysBetweenZeroAndOne) {
  for (const std::string& content :
       {std::string(), std::string(" \n\t "), std::string(100000, 'x'), std::string("\0\xff", 2)}) {
    for (const char* criterion : {"", "accuracy", "x"}) {
      const double score = score_of(criterion, content);
      EXPECT_GE(score, 0.0);
      EXPECT_LE(score, 1.0);
    }
  }
}

TEST(Score, RewardsVarietyOfWords) {
  for (const char* criterion : {"accuracy", "relevance", "fluency"}) {
    EXPECT_GT(score_of(criterion, "some words that are all different here"),
              score_of(criterion, "word word word word word word word"))
        << criterion;
  }
}

EvaluationRequest two_items() {
  EvaluationRequest request;
  request.items = {{"a", "hello big world"}, {"b", "hello hello"}};
  request.criteria = {{"accuracy", 3.0}, {"fluency", 1.0}, {"ignored", 0.0}};
  return request;
}

TEST(Evaluation, TotalIsTheWeightedMeanOfTheScores) {
  const EvaluationResult result = evaluate(two_items());
  ASSERT_EQ(result.items.size(), 2U);
  for (const ItemResult& item : result.items) {
    ASSERT_EQ(item.scores.size(), 3U);
    EXPECT_NEAR(item.total, (3.0 * item.scores[0] + item.scores[1]) / 4.0, 1e-4);
  }
}

TEST(Evaluation, AnswersResultsInTheOrderOfTheItemsWithMetrics) {
  const EvaluationRequest request = two_items();
  EvaluationResult result;
  result.items = {{"a", {0.5, 0.25, 0.0}, 0.4375, std::chrono::microseconds(1500)},
                  {"b", {1.0, 1.0, 1.0}, 1.0, std::chrono::microseconds(500)}};
  result.duration = std::chrono::milliseconds(4);
  EXPECT_EQ(to_json(request, result),
            R"({"results":[{"id":"a","scores":{"accuracy":0.5,"fluency":0.25,"ignored":0.0},)"
            R"("total":0.4375,"durationMs":1.5},)"
            R"({"id":"b","scores":{"accuracy":1.0,"fluency":1.0,"ignored":1.0},)"
            R"("total":1.0,"durationMs":0.5}],)"
            R"("metrics":{"items":2,"durationMs":4.0,"itemsPerSecond":500.0,)"
            R"("averageScore":0.7188}})");
}

TEST(Evaluation, SurvivesAClockThatDidNotMove) {
  EvaluationResult result;
  result.items = {{"a", {1.0, 1.0, 1.0}, 1.0, {}}};
  const auto answer = nlohmann::json::parse(to_json(two_items(), result));
  EXPECT_TRUE(answer["metrics"]["itemsPerSecond"].is_number());
}

TEST(Work, UsesAtLeastTheCpuTimeAskedForOnItsOwnThread) {
  const auto before = thread_cpu_time();
  do_work({std::chrono::milliseconds(3), {}}, "content");
  EXPECT_GE(thread_cpu_time() - before, std::chrono::milliseconds(3));
}

TEST(Work, WaitsWithoutUsingCpu) {
  const auto cpu_before = thread_cpu_time();
  const Instant before = monotonic_now();
  do_work({{}, std::chrono::milliseconds(20)}, "content");
  EXPECT_GE(monotonic_now() - before, std::chrono::milliseconds(20));
  EXPECT_LT(thread_cpu_time() - cpu_before, std::chrono::milliseconds(10));
}

}  // namespace
}  // namespace evalscaler::workload
