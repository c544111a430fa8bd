// SPDX-License-Identifier: Apache-2.0
#include "workload/load/latency_recorder.hpp"

#include <gtest/gtest.h>

namespace evalscaler::workload {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::vector<microseconds> up_to(int last) {
  std::vector<microseconds> values;
  for (int value = 1; value <= last; ++value) values.emplace_back(value);
  return values;
}

TEST(Percentile, IsTheNearestRank) {
  EXPECT_EQ(percentile_of(up_to(100), 50), microseconds(50));
  EXPECT_EQ(percentile_of(up_to(100), 95), microseconds(95));
  EXPECT_EQ(percentile_of(up_to(100), 99), microseconds(99));
  EXPECT_EQ(percentile_of(up_to(100), 100), microseconds(100));
  EXPECT_EQ(percentile_of(up_to(10), 99), microseconds(10));
  EXPECT_EQ(percentile_of(up_to(10), 50), microseconds(5));
  EXPECT_EQ(percentile_of(up_to(5), 50), microseconds(3));
  EXPECT_EQ(percentile_of(up_to(1), 1), microseconds(1));
}

TEST(Percentile, OfNothingIsNothing) {
  EXPECT_EQ(percentile_of({}, 50), std::nullopt);
}

TEST(LatencyRecorder, KeepsLatenciesOfSuccessesOnly) {
  LatencyRecorder recorder;
  recorder.record_outcome({}, 200U, milliseconds(10));
  recorder.record_outcome({}, 204U, milliseconds(30));
  recorder.record_outcome({}, 503U, milliseconds(1));
  recorder.record_outcome({}, FailureKind::Timeout, seconds(10));
  const auto latency = recorder.latency();
  ASSERT_TRUE(latency.has_value());
  EXPECT_DOUBLE_EQ(latency->mean, 20.0);
  EXPECT_DOUBLE_EQ(latency->p50, 10.0);
  EXPECT_DOUBLE_EQ(latency->max, 30.0);
}

TEST(LatencyRecorder, CountsEachKindOfFailure) {
  LatencyRecorder recorder;
  for (const unsigned status : {503U, 503U, 500U, 302U}) recorder.record_outcome({}, status, {});
  recorder.record_outcome({}, FailureKind::ConnectRefused, {});
  EXPECT_EQ(recorder.failed(FailureKind::Status503), 2U);
  EXPECT_EQ(recorder.failed(FailureKind::OtherStatus), 2U);
  EXPECT_EQ(recorder.failed(FailureKind::ConnectRefused), 1U);
  EXPECT_EQ(recorder.failed(), 5U);
  EXPECT_EQ(recorder.statuses().at(503), 2U);
}

TEST(LatencyRecorder, SuccessRateIsOfWhatHasEnded) {
  LatencyRecorder recorder;
  EXPECT_EQ(recorder.success_rate(), std::nullopt);
  for (int request = 0; request < 10; ++request) recorder.record_due({}, {});
  for (int request = 0; request < 3; ++request) recorder.record_outcome({}, 200U, {});
  recorder.record_outcome({}, FailureKind::Reset, {});
  EXPECT_EQ(recorder.success_rate(), 0.75);
}

TEST(LatencyRecorder, PutsEverythingIntoTheSecondOfTheIntendedSendTime) {
  LatencyRecorder recorder;
  recorder.record_due(milliseconds(900), {});
  recorder.record_due(milliseconds(2100), {});
  recorder.record_outcome(milliseconds(2100), 503U, {});
  recorder.record_outcome(milliseconds(900), 200U, seconds(5));
  ASSERT_EQ(recorder.seconds().size(), 3U);
  EXPECT_EQ(recorder.seconds()[0].ok, 1U);
  EXPECT_EQ(recorder.seconds()[1].sent, 0U);
  EXPECT_EQ(recorder.seconds()[2].sent, 1U);
  EXPECT_EQ(recorder.seconds()[2].failed, 1U);
}

TEST(LatencyRecorder, RemembersHowLateItWasAtWorst) {
  LatencyRecorder recorder;
  recorder.record_due({}, milliseconds(3));
  recorder.record_due({}, milliseconds(1));
  EXPECT_EQ(recorder.longest_lag(), milliseconds(3));
}

}  // namespace
}  // namespace evalscaler::workload
