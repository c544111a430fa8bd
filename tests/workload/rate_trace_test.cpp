// SPDX-License-Identifier: Apache-2.0
#include "workload/load/rate_trace.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace evalscaler::workload {
namespace {

Result<RateTrace> read(const std::string& csv) {
  std::istringstream stream(csv);
  return read_rate_trace(stream, "load.csv");
}

TEST(RateTrace, FindsItsColumnsByNameAndSkipsOthers) {
  const auto trace = read("mean_tokens,rate,t_seconds\r\n7,1.5,0\r\n8,2.5,15\r\n\r\n");
  ASSERT_TRUE(trace) << trace.error().message;
  ASSERT_EQ(trace->size(), 2U);
  EXPECT_DOUBLE_EQ((*trace)[0].rate, 1.5);
  EXPECT_DOUBLE_EQ((*trace)[1].second, 15.0);
  EXPECT_DOUBLE_EQ((*trace)[1].rate, 2.5);
}

TEST(RateTrace, ComplaintsNameFileLineAndColumn) {
  const auto complaint = [](const std::string& csv) {
    const auto trace = read(csv);
    return trace ? std::string("accepted") : trace.error().message;
  };
  EXPECT_EQ(complaint(""), "load.csv:1: the header has no columns t_seconds and rate");
  EXPECT_EQ(complaint("0,1\n"), "load.csv:1: the header has no columns t_seconds and rate");
  EXPECT_EQ(complaint("t_seconds,rate\n"), "load.csv:2: there are no rows");
  EXPECT_EQ(complaint("t_seconds,rate\n0,1\n15\n"),
            "load.csv:3: has fewer columns than the header");
  EXPECT_EQ(complaint("t_seconds,rate\n0,-1\n"),
            "load.csv:2: rate: '-1' is not a number from 0 to 1000000");
  EXPECT_EQ(complaint("t_seconds,rate\n0,nan\n"),
            "load.csv:2: rate: 'nan' is not a number from 0 to 1000000");
  EXPECT_EQ(complaint("t_seconds,rate\nx,1\n"),
            "load.csv:2: t_seconds: 'x' is not a number from 0 to 10000000000");
  EXPECT_EQ(complaint("t_seconds,rate\n15,1\n15,1\n"),
            "load.csv:3: t_seconds is not after the row before");
}

TEST(RateTrace, AFileThatIsNotThereIsNamed) {
  const auto trace = read_rate_trace_file("/nonexistent/load.csv");
  ASSERT_FALSE(trace);
  EXPECT_EQ(trace.error().message,
            "/nonexistent/load.csv: cannot be read: No such file or directory");
}

RateTrace four_rows() {
  return {{0.0, 10.0}, {10.0, 20.0}, {30.0, 0.0}, {40.0, 40.0}};
}

TEST(RateTrace, EachRateHoldsUntilTheNextRow) {
  const RateSchedule schedule = make_schedule(four_rows(), {});
  EXPECT_DOUBLE_EQ(schedule.duration(), 50.0);  // the last row lasts as long as the one before
  EXPECT_DOUBLE_EQ(schedule.rate_at(9.9), 10.0);
  EXPECT_DOUBLE_EQ(schedule.rate_at(10.0), 20.0);
  EXPECT_DOUBLE_EQ(schedule.rate_at(35.0), 0.0);
  EXPECT_DOUBLE_EQ(schedule.expected_requests(), 100.0 + 400.0 + 0.0 + 400.0);
}

TEST(RateTrace, ASingleRowLastsASecond) {
  EXPECT_DOUBLE_EQ(make_schedule(RateTrace{{5.0, 3.0}}, {}).duration(), 1.0);
}

TEST(RateTrace, SpeedShortensTimeAndScaleRaisesRates) {
  const RateSchedule schedule =
      make_schedule(four_rows(), {.start = 0.0, .duration = {}, .speed = 10.0, .scale = 3.0});
  EXPECT_DOUBLE_EQ(schedule.duration(), 5.0);
  EXPECT_DOUBLE_EQ(schedule.rate_at(0.5), 30.0);
  EXPECT_DOUBLE_EQ(schedule.rate_at(1.5), 60.0);
}

TEST(RateTrace, PlaysThePartAskedFor) {
  const RateSchedule schedule =
      make_schedule(four_rows(), {.start = 5.0, .duration = 10.0, .speed = 1.0, .scale = 1.0});
  EXPECT_DOUBLE_EQ(schedule.duration(), 10.0);
  EXPECT_DOUBLE_EQ(schedule.rate_at(4.9), 10.0);
  EXPECT_DOUBLE_EQ(schedule.rate_at(5.1), 20.0);
}

TEST(RateTrace, APartBeyondItsEndIsEmpty) {
  EXPECT_TRUE(make_schedule(four_rows(), {.start = 50.0}).segments().empty());
}

}  // namespace
}  // namespace evalscaler::workload
