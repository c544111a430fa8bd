// SPDX-License-Identifier: Apache-2.0
#include "telemetry/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

namespace evalscaler::telemetry {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

std::string logged(LogLevel level, LogFormat format, const std::function<void()>& write) {
  configure_log(level, format);
  ::testing::internal::CaptureStderr();
  write();
  std::string text = ::testing::internal::GetCapturedStderr();
  configure_log(LogLevel::Info, LogFormat::Console);
  return text;
}

TEST(Log, AJsonLineHasTimeLevelMessageAndFields) {
  const std::string line = logged(LogLevel::Info, LogFormat::Json, [] {
    log_info("scaled",
             {{"service", "a/b"}, {"replicas", 7}, {"score", 0.25}, {"big", 1ULL << 40U}});
  });
  EXPECT_THAT(line, MatchesRegex("\\{\"ts\":\"20..-..-..T..:..:..\\.......Z\",\"level\":\"info\","
                                 "\"msg\":\"scaled\",\"service\":\"a/b\",\"replicas\":7,"
                                 "\"score\":0.25,\"big\":1099511627776\\}\n"));
}

TEST(Log, OutsideTextCannotForgeALineOrAField) {
  const std::string line = logged(LogLevel::Info, LogFormat::Json, [] {
    log_info("x", {{"name", "a\"} \n{\"level\":\"error\\\x1b[2J\xff"}});
  });
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  EXPECT_THAT(line, HasSubstr(R"("name":"a\"}  {\"level\":\"error\\ [2J)"
                              "\xEF\xBF\xBD\"}"));
}

TEST(Log, NumbersThatJsonLacksAreText) {
  const std::string line = logged(LogLevel::Info, LogFormat::Json, [] {
    log_info("x", {{"a", std::nan("")}, {"b", HUGE_VAL}});
  });
  EXPECT_THAT(line, HasSubstr(R"("a":"NaN","b":"+Inf"})"));
}

TEST(Log, ConsoleLinesQuoteOnlyWhatNeedsIt) {
  const std::string line = logged(LogLevel::Info, LogFormat::Console, [] {
    log_warning("held", {{"service", "a/b"}, {"why", "no data"}, {"none", ""}, {"n", -1}});
  });
  EXPECT_THAT(line, MatchesRegex("20..-..-..T..:..:..\\.......Z warning held service=a/b "
                                 "why=\"no data\" none=\"\" n=-1\n"));
}

TEST(Log, ValuesAreCut) {
  const std::string line = logged(LogLevel::Info, LogFormat::Json, [] {
    log_info("x", {{"long", std::string(5'000, 'a')}});
  });
  EXPECT_LT(line.size(), 1'200U);
  EXPECT_THAT(line, HasSubstr("aaa...\"}"));
}

TEST(Log, LevelsBelowTheConfiguredOneAreSilent) {
  const auto all = [] {
    log_debug("d");
    log_info("i");
    log_warning("w");
    log_error("e");
  };
  EXPECT_THAT(logged(LogLevel::Debug, LogFormat::Console, all), HasSubstr(" debug   d\n"));
  const std::string warnings = logged(LogLevel::Warning, LogFormat::Console, all);
  EXPECT_THAT(warnings, Not(HasSubstr("info")));
  EXPECT_THAT(warnings, HasSubstr(" warning w\n"));
  EXPECT_THAT(logged(LogLevel::Error, LogFormat::Console, all), Not(HasSubstr("warning")));
}

TEST(Log, NamesTheChoicesForABadLevelOrFormat) {
  EXPECT_EQ(parse_log_level("warning").value(), LogLevel::Warning);
  EXPECT_EQ(parse_log_format("json").value(), LogFormat::Json);
  EXPECT_EQ(parse_log_level("loud").error().message,
            "'loud' is not a log level (write debug, info, warning or error)");
  EXPECT_EQ(parse_log_format("xml").error().message,
            "'xml' is not a log format (write json or console)");
}

}  // namespace
}  // namespace evalscaler::telemetry
