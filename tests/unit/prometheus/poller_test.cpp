// SPDX-License-Identifier: Apache-2.0
#include "prometheus/poller.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <future>

#include "unit/prometheus/polling.hpp"

namespace evalscaler::prometheus {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

using PollerTest = Polling;

TEST_F(PollerTest, AsksByPostWithItsOwnDeadlineAndLimits) {
  after(200, vector_body(""));
  const wire::HttpRequest request = http.requests().front();
  EXPECT_EQ(request.method, wire::Method::Post);
  EXPECT_EQ(request.target, "/api/v1/query");
  EXPECT_EQ(request.content_type, "application/x-www-form-urlencoded");
  EXPECT_EQ(
      request.body,
      "query=sum%20by%20%28namespace%2C%20service%29%20%28load%29&timeout=4500ms&limit=100000");
  EXPECT_EQ(request.timeout, seconds(5));
  EXPECT_EQ(request.max_body, std::size_t{16} << 20U);
}

TEST_F(PollerTest, HundredServicesWithFiveMetricsAreFiveRequestsPerInterval) {
  start({metric("a"), metric("b"), metric("c"), metric("d"), metric("e")});
  // Settling alone takes 25 s here; the server's clock is ours.
  const std::string time = "1767225625";
  std::string rows;
  for (int i = 0; i < 100; ++i) {
    const std::string name = "s" + std::to_string(i);
    demand({"a", "b", "c", "d", "e"}, name);
    rows += (i > 0 ? "," : "") + row_text(name, std::to_string(i), time);
  }
  for (int round = 1; round <= 2; ++round) {
    for (int i = 0; i < 5; ++i) http.expect(200, vector_body(rows));
    EXPECT_EQ(ask_all(), 5U);
    EXPECT_EQ(announced.size(), 100U * static_cast<unsigned>(round));
    clock.advance(seconds(15));
  }
  EXPECT_EQ(http.requests().size(), 10U);
  EXPECT_EQ(read(use("e", "s42")).value, 42);
}

TEST_F(PollerTest, AnnouncesARoundWhenItsLastQueryIsAnswered) {
  start({metric("a"), metric("b")});
  demand({"a", "b"});
  http.expect(200, vector_body(row_text("prediction", "1")));
  http.expect(fail(ErrorKind::Unavailable, "connection refused"));
  poller->ask_next(stop.get_token());
  EXPECT_TRUE(announced.empty());
  poller->ask_next(stop.get_token());
  EXPECT_THAT(announced, ElementsAre("ml/prediction"));
}

TEST_F(PollerTest, StopDuringARequestLeavesTheTableAlone) {
  start({metric("load")});
  demand({"load"});
  http.expect([this](const wire::HttpRequest&) -> Result<wire::HttpResponse> {
    stop.request_stop();
    return fail(ErrorKind::Cancelled, "stopped");
  });
  poller->ask_next(stop.get_token());
  EXPECT_EQ(read(use("load")), Reading::missing("not asked for yet"));
  EXPECT_TRUE(announced.empty());
}

TEST_F(PollerTest, CountsQueriesByWhatBecameOfThem) {
  after(503, "");
  EXPECT_THAT(
      metrics_out.exposition(),
      HasSubstr(R"(evalscaler_prometheus_queries_total{result="Missing",server="default"} 1)"));
}

TEST_F(PollerTest, OneSlowQueryDoesNotDelayTheOthers) {
  start({metric("slow"), metric("a"), metric("b"), metric("c"), metric("d")});
  readings->demand(key("s"), {use("slow", "s")}, seconds(15));
  readings->demand(key("p"), {use("a", "p"), use("b", "p"), use("c", "p"), use("d", "p")},
                   seconds(15));
  std::promise<void> others_done;
  readings->on_rounds([&](const std::vector<ObjectKey>& services) {
    if (services.front().name == "p") others_done.set_value();
  });
  // The slow one is answered only after all others are: a deadlock unless they overtake it.
  std::shared_future<void> done = others_done.get_future().share();
  const auto answer = [done](const wire::HttpRequest& request) -> Result<wire::HttpResponse> {
    if (request.body.find("slow") != std::string::npos) done.wait();
    return wire::HttpResponse{200, {}, vector_body("")};
  };
  for (int i = 0; i < 5; ++i) http.expect(answer);
  {
    const PollerThreads threads(*poller);
    clock.advance(QueryPlan::kSettling);
    done.wait();
    while (readings->rounds(key("s")) == 0) std::this_thread::yield();
  }
  EXPECT_EQ(readings->rounds(key("p")), 1U);
}

TEST_F(PollerTest, ThreadsEndAtOnceWhenNothingIsDue) {
  start({metric("load")});
  const PollerThreads threads(*poller);
}

}  // namespace
}  // namespace evalscaler::prometheus
