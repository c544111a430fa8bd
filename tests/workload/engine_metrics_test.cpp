// SPDX-License-Identifier: Apache-2.0
#include "workload/engine/engine_metrics.hpp"

#include <gtest/gtest.h>

namespace evalscaler::workload {
namespace {

constexpr std::string_view kGolden =
    R"(# HELP http_requests_total Answers of /evaluate by status and method.
# TYPE http_requests_total counter
http_requests_total{code="200",method="POST",path="/evaluate"} 4
http_requests_total{code="400",method="POST",path="/evaluate"} 0
http_requests_total{code="413",method="POST",path="/evaluate"} 0
http_requests_total{code="503",method="POST",path="/evaluate"} 1
http_requests_total{code="405",method="GET",path="/evaluate"} 0
http_requests_total{code="405",method="other",path="/evaluate"} 0
# HELP http_request_duration_seconds Time from a request read to its answer, of evaluations that ran.
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{path="/evaluate",le="0.005"} 1
http_request_duration_seconds_bucket{path="/evaluate",le="0.01"} 1
http_request_duration_seconds_bucket{path="/evaluate",le="0.025"} 1
http_request_duration_seconds_bucket{path="/evaluate",le="0.05"} 1
http_request_duration_seconds_bucket{path="/evaluate",le="0.1"} 1
http_request_duration_seconds_bucket{path="/evaluate",le="0.25"} 2
http_request_duration_seconds_bucket{path="/evaluate",le="0.5"} 3
http_request_duration_seconds_bucket{path="/evaluate",le="1"} 3
http_request_duration_seconds_bucket{path="/evaluate",le="2.5"} 3
http_request_duration_seconds_bucket{path="/evaluate",le="5"} 3
http_request_duration_seconds_bucket{path="/evaluate",le="10"} 3
http_request_duration_seconds_bucket{path="/evaluate",le="+Inf"} 4
http_request_duration_seconds_sum{path="/evaluate"} 12.7
http_request_duration_seconds_count{path="/evaluate"} 4
# HELP queue_depth Requests waiting for a worker.
# TYPE queue_depth gauge
queue_depth 7
# HELP http_requests_in_flight Requests of /evaluate read and not yet answered.
# TYPE http_requests_in_flight gauge
http_requests_in_flight 1
# HELP evaluation_items_total Items evaluated.
# TYPE evaluation_items_total counter
evaluation_items_total 10
# HELP process_start_time_seconds Start of the process, Unix time.
# TYPE process_start_time_seconds gauge
process_start_time_seconds 1700000000.25
# HELP process_cpu_seconds_total User and system CPU time used.
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total 1.5
# HELP process_resident_memory_bytes Resident memory.
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes 4194304
)";

TEST(EngineMetrics, TextIsExactlyThis) {
  EngineMetrics metrics(1700000000.25);
  for (int answer = 0; answer < 4; ++answer) metrics.record_answer(200, "POST");
  metrics.record_answer(503, "POST");
  metrics.record_evaluation(std::chrono::microseconds(4000), 1);
  metrics.record_evaluation(std::chrono::microseconds(196000), 2);
  metrics.record_evaluation(std::chrono::milliseconds(500), 3);
  metrics.record_evaluation(std::chrono::seconds(12), 4);
  const auto token = metrics.begin_request();
  MetricsSnapshot snapshot = metrics.snapshot();
  snapshot.queue_depth = 7;
  snapshot.process = {1.5, 4194304};
  EXPECT_EQ(to_prometheus_text(snapshot), kGolden);
}

TEST(EngineMetrics, EverySeriesIsThereBeforeItsFirstIncrement) {
  const std::string text = to_prometheus_text(EngineMetrics(0.0).snapshot());
  std::size_t series = 0;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    if (text[at] == '#') continue;
    ++series;
    const std::size_t end = text.find('\n', at);
    EXPECT_EQ(text.substr(end - 2, 2), " 0") << text.substr(at, end - at);
  }
  EXPECT_EQ(series, kAnswerSeries.size() + kDurationBounds.size() + 3 + 6);
}

TEST(EngineMetrics, ADurationEqualToABoundBelongsToItsBucket) {
  EngineMetrics metrics(0.0);
  metrics.record_evaluation(std::chrono::milliseconds(5), 1);
  EXPECT_EQ(metrics.snapshot().duration_buckets.front(), 1U);
}

TEST(EngineMetrics, ARequestIsInFlightUntilItsLastTokenIsGone) {
  EngineMetrics metrics(0.0);
  auto token = metrics.begin_request();
  auto copy = token;
  token.reset();
  EXPECT_EQ(metrics.in_flight(), 1U);
  copy.reset();
  EXPECT_EQ(metrics.in_flight(), 0U);
}

TEST(EngineMetrics, MadeUpMethodsMakeNoSeries) {
  EngineMetrics metrics(0.0);
  metrics.record_answer(200, "BREW");
  EXPECT_EQ(to_prometheus_text(metrics.snapshot()).find("BREW"), std::string::npos);
}

TEST(ProcessUsage, SeesThisProcess) {
  const ProcessUsage usage = observe_process_usage();
  EXPECT_GT(usage.cpu_seconds, 0.0);
  EXPECT_GT(usage.resident_bytes, 100000U);
}

}  // namespace
}  // namespace evalscaler::workload
