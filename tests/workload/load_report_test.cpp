// SPDX-License-Identifier: Apache-2.0
#include "workload/load/load_report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace evalscaler::workload {
namespace {

using std::chrono::milliseconds;

LoadReport small_report() {
  LoadReport report;
  for (int request = 0; request < 4; ++request) {
    report.recorder.record_due(milliseconds(600 * request), milliseconds(request));
  }
  report.recorder.record_outcome(milliseconds(0), 200U, milliseconds(10));
  report.recorder.record_outcome(milliseconds(600), 200U, std::chrono::microseconds(20250));
  report.recorder.record_outcome(milliseconds(1200), 503U, milliseconds(1));
  report.duration = milliseconds(2500);
  report.end = RunEnd::Interrupted;
  return report;
}

TEST(LoadReport, JsonIsExactlyThis) {
  EXPECT_EQ(to_json(small_report()),
            R"({"durationSeconds":2.5,"interrupted":true,"sent":4,"ok":2,"failed":1,)"
            R"("unfinished":1,"successRate":0.6666666666666666,)"
            R"("latencyMs":{"mean":15.125,"p50":10.0,"p95":20.25,"p99":20.25,"max":20.25},)"
            R"("errors":{"connectRefused":0,"connectFailed":0,"connectionLimit":0,"timeout":0,)"
            R"("reset":0,"badAnswer":0,"status503":1,"otherStatus":0},)"
            R"("statusCodes":{"200":2,"503":1},"maxSendLagMs":3.0,)"
            R"("series":[{"second":0,"sent":2,"ok":2,"failed":0},)"
            R"({"second":1,"sent":2,"ok":0,"failed":1}]})"
            "\n");
}

TEST(LoadReport, TableIsExactlyThis) {
  EXPECT_EQ(to_table(small_report()), R"(requests in 2.5 s (interrupted)
  sent                         4
  ok                           2
  failed                       1
  unfinished                   1
  success                66.67 %
latency of successes, from the intended send time, ms
  mean                      15.1
  p50                       10.0
  p95                       20.2
  p99                       20.2
  max                       20.2
  sent late by up to         3.0
failures
  status503                    1
)");
}

TEST(LoadReport, WithoutAnyAnswerRateAndLatencyAreNull) {
  const auto json = nlohmann::json::parse(to_json(LoadReport{}));
  EXPECT_TRUE(json["successRate"].is_null());
  EXPECT_TRUE(json["latencyMs"].is_null());
  EXPECT_TRUE(json["series"].empty());
}

}  // namespace
}  // namespace evalscaler::workload
