// SPDX-License-Identifier: Apache-2.0
#include "workload/number_text.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace evalscaler::workload {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Duration, ReadsEveryUnit) {
  EXPECT_EQ(parse_duration("500ms").value(), milliseconds(500));
  EXPECT_EQ(parse_duration("30s").value(), seconds(30));
  EXPECT_EQ(parse_duration("2m").value(), seconds(120));
  EXPECT_EQ(parse_duration("1h").value(), hours(1));
  EXPECT_EQ(parse_duration("1.5").value(), milliseconds(1500));
}

TEST(Duration, RefusesWhatIsNone) {
  for (const char* text : {"", "s", "-1s", "1x", "1 s", "nan", "inf", "1001h", "1e9h", "0x1s"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
  EXPECT_EQ(parse_duration("5x").error().message,
            "'5x' is not a duration such as 500ms, 30s, 2m or 1h");
}

TEST(Number, HasToBeInRange) {
  EXPECT_EQ(parse_whole_number("7", 7, 7).value(), 7);
  for (const char* text : {"6", "8", "", "7.0", " 7", "7 ", "+7", "99999999999999999999"}) {
    EXPECT_FALSE(parse_whole_number(text, 7, 7)) << text;
  }
  EXPECT_DOUBLE_EQ(parse_decimal("0.25", 0, 1).value(), 0.25);
  for (const char* text : {"nan", "inf", "-0.1", "1.1", "", "1,0"}) {
    EXPECT_FALSE(parse_decimal(text, 0, 1)) << text;
  }
  EXPECT_EQ(parse_decimal("x", 0, 100000).error().message, "'x' is not a number from 0 to 100000");
}

TEST(Number, IsWrittenAsShortAsItReadsBack) {
  EXPECT_EQ(to_text(0.0), "0");
  EXPECT_EQ(to_text(0.1), "0.1");
  EXPECT_EQ(to_text(100000.0), "100000");
  EXPECT_EQ(to_text(-2.5), "-2.5");
  EXPECT_EQ(to_text(1e-7), "1e-07");
  EXPECT_EQ(to_text(1e21), "1e+21");
  EXPECT_EQ(to_text(std::nan("")), "NaN");
  EXPECT_EQ(to_text(std::numeric_limits<double>::infinity()), "+Inf");
}

}  // namespace
}  // namespace evalscaler::workload
