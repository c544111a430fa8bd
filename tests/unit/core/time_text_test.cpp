// SPDX-License-Identifier: Apache-2.0
#include "core/time_text.hpp"

#include <gtest/gtest.h>

namespace evalscaler {
namespace {

using namespace std::chrono_literals;

WallTime at(int year, unsigned month, unsigned day, std::chrono::microseconds time) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  return WallTime{std::chrono::sys_days{date}.time_since_epoch()} + time;
}

TEST(TimeText, ReadsEveryFormOfRfc3339) {
  const WallTime expected = at(2026, 2, 28, 13h + 4min + 5s);
  EXPECT_EQ(parse_time("2026-02-28T13:04:05Z").value(), expected);
  EXPECT_EQ(parse_time("2026-02-28t13:04:05z").value(), expected);
  EXPECT_EQ(parse_time("2026-02-28T15:04:05+02:00").value(), expected);
  EXPECT_EQ(parse_time("2026-02-28T07:34:05-05:30").value(), expected);
  EXPECT_EQ(parse_time("2026-02-28T13:04:05.5Z").value(), expected + 500ms);
  EXPECT_EQ(parse_time("2026-02-28T13:04:05.000001Z").value(), expected + 1us);
  EXPECT_EQ(parse_time("2026-02-28T13:04:05.123456789Z").value(), expected + 123456us);
  EXPECT_EQ(parse_time("1969-12-31T23:59:59Z").value(), WallTime{-1s});
}

TEST(TimeText, RefusesWhatIsNoTime) {
  for (const char* text : {"",
                           "now",
                           "2026-02-28",
                           "2026-02-28T13:04:05",
                           "2026-02-30T00:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-01-01T24:00:00Z",
                           "2026-01-01T00:60:00Z",
                           "2026-01-01T00:00:61Z",
                           "2026-01-01T00:00:00.Z",
                           "2026-01-01T00:00:00.1234567890Z",
                           "2026-01-01 00:00:00Z",
                           "2026-01-01T00:00:00+2:00",
                           "2026-01-01T00:00:00+24:00",
                           "2026-01-01T00:00:00Z ",
                           "26-01-01T00:00:00Z",
                           "2026-1-1T00:00:00Z",
                           "-026-01-01T00:00:00Z",
                           "9999-12-31T23:59:60Z",
                           "9999-12-31T23:59:59-00:01",
                           "0000-01-01T00:00:00+00:01",
                           "2025-02-29T00:00:00Z"}) {
    const auto time = parse_time(text);
    ASSERT_FALSE(time) << text;
    EXPECT_EQ(time.error().kind, ErrorKind::Invalid);
  }
  EXPECT_TRUE(parse_time("2024-02-29T00:00:00Z"));
}

TEST(TimeText, WritesWhatItReads) {
  const WallTime time = at(2026, 1, 2, 3h + 4min + 5s + 6us);
  EXPECT_EQ(time_text(time), "2026-01-02T03:04:05Z");
  EXPECT_EQ(micro_time_text(time), "2026-01-02T03:04:05.000006Z");
  EXPECT_EQ(micro_time_text(at(2026, 1, 2, 0s)), "2026-01-02T00:00:00.000000Z");
  EXPECT_EQ(parse_time(micro_time_text(time)).value(), time);
  EXPECT_EQ(micro_time_text(WallTime{-1us}), "1969-12-31T23:59:59.999999Z");
}

TEST(TimeText, ReadsDurationsAsGoWritesThem) {
  EXPECT_EQ(parse_duration("20s").value(), 20s);
  EXPECT_EQ(parse_duration("1h30m").value(), 90min);
  EXPECT_EQ(parse_duration("250ms").value(), 250ms);
  EXPECT_EQ(parse_duration("1.5s").value(), 1500ms);
  EXPECT_EQ(parse_duration("1m500ms").value(), 60'500ms);
  EXPECT_EQ(parse_duration("0s").value(), 0ms);
}

TEST(TimeText, RefusesDurationsWithoutUnitOrSign) {
  for (const char* text : {"", "5", "s", "-5s", "+5s", "5 s", "5x", "1e3s", "nans", "infs", "5s ",
                           "999999999999h", "1h30", ".s"}) {
    const auto duration = parse_duration(text);
    ASSERT_FALSE(duration) << text;
    EXPECT_EQ(duration.error().kind, ErrorKind::Invalid);
  }
}

TEST(TimeText, AgesHaveTwoUnitsAtMost) {
  EXPECT_EQ(duration_text(0s), "0s");
  EXPECT_EQ(duration_text(-5s), "0s");
  EXPECT_EQ(duration_text(8s), "8s");
  EXPECT_EQ(duration_text(125s), "2m5s");
  EXPECT_EQ(duration_text(3h), "3h");
  EXPECT_EQ(duration_text(3h + 5s), "3h");
  EXPECT_EQ(duration_text(98h + 59min), "4d2h");
}

}  // namespace
}  // namespace evalscaler
