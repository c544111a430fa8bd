// SPDX-License-Identifier: Apache-2.0
#include "workload/engine/engine_routes.hpp"

#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>
#include <optional>

namespace evalscaler::workload {
namespace {

constexpr const char* kGoodBody =
    R"({"items":[{"id":"a","text":"t"}],"criteria":[{"name":"accuracy"}]})";

class EngineRoutesTest : public testing::Test {
 protected:
  void TearDown() override {
    if (blocked_) release_.set_value();
  }

  HttpAnswer ask(std::string method, std::string target, std::string body = "") {
    auto answered = std::make_shared<std::promise<HttpAnswer>>();
    routes_.answer({std::move(method), std::move(target), std::move(body)},
                   [answered](HttpAnswer answer) { answered->set_value(std::move(answer)); });
    return answered->get_future().get();
  }

  // The one worker stands still until the test is over.
  void block_worker() {
    std::promise<void> running;
    blocked_ = true;
    ASSERT_TRUE(pool_.try_submit([this, &running] {
      auto released = release_.get_future();
      running.set_value();
      released.wait();
    }));
    running.get_future().wait();
  }

  std::uint64_t counted(unsigned code, std::string_view method) const {
    for (std::size_t at = 0; at < kAnswerSeries.size(); ++at) {
      if (kAnswerSeries[at].code == code && kAnswerSeries[at].method == method) {
        return metrics_.snapshot().answers[at];
      }
    }
    return 0;
  }

  bool blocked_ = false;
  std::promise<void> release_;
  EngineMetrics metrics_{0.0};
  WorkerPool pool_{{1, 2}};
  EngineRoutes routes_{pool_, metrics_, {}};
};

TEST_F(EngineRoutesTest, EvaluatesAndCounts) {
  const HttpAnswer answer = ask("POST", "/evaluate", kGoodBody);
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(nlohmann::json::parse(answer.body)["results"][0]["id"], "a");
  EXPECT_EQ(counted(200, "POST"), 1U);
  EXPECT_EQ(metrics_.snapshot().items, 1U);
}

TEST_F(EngineRoutesTest, RefusesWhenTheQueueIsFullAndSaysWhenToComeBack) {
  block_worker();
  const auto ignore = [](const HttpAnswer&) {};
  routes_.answer({"POST", "/evaluate", kGoodBody}, ignore);
  routes_.answer({"POST", "/evaluate", kGoodBody}, ignore);
  EXPECT_EQ(metrics_.in_flight(), 2U);
  const HttpAnswer answer = ask("POST", "/evaluate", kGoodBody);
  EXPECT_EQ(answer.status, 503U);
  ASSERT_EQ(answer.fields.size(), 1U);
  EXPECT_EQ(answer.fields[0].name, "Retry-After");
  EXPECT_EQ(counted(503, "POST"), 1U);
  EXPECT_NE(ask("GET", "/metrics").body.find("\nqueue_depth 2\n"), std::string::npos);
}

TEST_F(EngineRoutesTest, RefusedRequestsStayOutOfTheDurations) {
  block_worker();
  const auto ignore = [](const HttpAnswer&) {};
  for (int request = 0; request < 4; ++request) {
    routes_.answer({"POST", "/evaluate", kGoodBody}, ignore);
  }
  EXPECT_EQ(counted(503, "POST"), 2U);
  for (const std::uint64_t bucket : metrics_.snapshot().duration_buckets) EXPECT_EQ(bucket, 0U);
}

TEST_F(EngineRoutesTest, BadInputNamesTheFieldAndIsCounted) {
  const HttpAnswer answer = ask("POST", "/evaluate", R"({"items":[]})");
  EXPECT_EQ(answer.status, 400U);
  EXPECT_EQ(answer.body, R"({"error":{"field":"items","message":"is empty; send at least one"}})");
  EXPECT_EQ(counted(400, "POST"), 1U);
}

TEST_F(EngineRoutesTest, WrongMethodsAreToldTheRightOne) {
  const HttpAnswer evaluate = ask("GET", "/evaluate?x=1");
  EXPECT_EQ(evaluate.status, 405U);
  EXPECT_EQ(evaluate.fields.at(0).value, "POST");
  EXPECT_EQ(ask("BREW", "/evaluate").status, 405U);
  EXPECT_EQ(counted(405, "GET"), 1U);
  EXPECT_EQ(counted(405, "other"), 1U);
  const HttpAnswer ready = ask("POST", "/ready");
  EXPECT_EQ(ready.status, 405U);
  EXPECT_EQ(ready.fields.at(0).value, "GET");
}

TEST_F(EngineRoutesTest, UnknownPathsAreNotFoundAndNotCounted) {
  EXPECT_EQ(ask("POST", "/evaluate/").status, 404U);
  EXPECT_EQ(ask("GET", "/").status, 404U);
  for (const std::uint64_t count : metrics_.snapshot().answers) EXPECT_EQ(count, 0U);
}

TEST_F(EngineRoutesTest, ReadyEndsWithDrainingWhileHealthGoesOn) {
  EXPECT_EQ(ask("GET", "/ready").status, 200U);
  routes_.start_draining();
  EXPECT_EQ(ask("GET", "/ready").status, 503U);
  EXPECT_EQ(ask("GET", "/health").status, 200U);
  EXPECT_EQ(ask("POST", "/evaluate", kGoodBody).status, 200U);
}

TEST_F(EngineRoutesTest, OversizedBodiesCountOnlyOnEvaluate) {
  EXPECT_EQ(routes_.refuse_body("POST", "/evaluate").status, 413U);
  EXPECT_EQ(routes_.refuse_body("POST", "/other").status, 413U);
  EXPECT_EQ(counted(413, "POST"), 1U);
}

TEST_F(EngineRoutesTest, MetricsSayTheirFormatsVersion) {
  EXPECT_EQ(ask("GET", "/metrics").content_type, kPrometheusTextType);
}

}  // namespace
}  // namespace evalscaler::workload
