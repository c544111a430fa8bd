// SPDX-License-Identifier: Apache-2.0
#include "core/quantity.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>

namespace evalscaler {
namespace {

TEST(Quantity, ReadsEverySuffixOfKubernetes) {
  const std::pair<const char*, double> cases[] = {{"70", 70},
                                                  {"0.7", 0.7},
                                                  {"-1.5", -1.5},
                                                  {"+3", 3},
                                                  {"100m", 0.1},
                                                  {"1u", 1e-6},
                                                  {"1n", 1e-9},
                                                  {"2k", 2e3},
                                                  {"2M", 2e6},
                                                  {"2G", 2e9},
                                                  {"2T", 2e12},
                                                  {"2P", 2e15},
                                                  {"2E", 2e18},
                                                  {"1Ki", 1024},
                                                  {"1Mi", 1 << 20},
                                                  {"1.5Gi", 1.5 * (1 << 30)},
                                                  {"1Ti", 1.0 * (1ULL << 40U)},
                                                  {"1Pi", 1.0 * (1ULL << 50U)},
                                                  {"1e3", 1000},
                                                  {"1E3", 1000},
                                                  {".5", 0.5},
                                                  {"5.", 5},
                                                  {"0", 0}};
  for (const auto& [text, value] : cases) {
    const auto quantity = parse_quantity(text);
    ASSERT_TRUE(quantity) << text;
    EXPECT_DOUBLE_EQ(quantity->value, value) << text;
  }
}

TEST(Quantity, ExaAndExponentAreToldApart) {
  EXPECT_DOUBLE_EQ(parse_quantity("1E")->value, 1e18);
  EXPECT_DOUBLE_EQ(parse_quantity("1E2")->value, 100);
  EXPECT_DOUBLE_EQ(parse_quantity("1e-2")->value, 0.01);
}

TEST(Quantity, RefusesWhatIsNotAFiniteNumber) {
  for (const char* text : {"",    " ",   "NaN",   "nan",    "inf", "-inf", "+Inf", "0x10", "1_000",
                           "1 ",  " 1",  "1 k",   "--1",    "+-1", "-+1",  "1kk",  "1K",   "1ki",
                           "1mi", "abc", "1e999", "1e308E", "-",   "+",    ".",    "1,5",  "%"}) {
    const auto quantity = parse_quantity(text);
    ASSERT_FALSE(quantity) << text;
    EXPECT_EQ(quantity.error().kind, ErrorKind::Invalid);
    EXPECT_EQ(quantity.error().message.rfind("'" + std::string(text) + "' is not a quantity", 0),
              0U);
  }
}

TEST(Quantity, AMessageRepeatsNoControlCharacters) {
  const std::string text = parse_quantity(std::string_view("1.5\0\x1b[31m\n", 9)).error().message;
  EXPECT_EQ(text.find_first_of(std::string_view("\0\x1b\n", 3)), std::string::npos) << text;
}

TEST(Quantity, NumberTextReadsBackAsTheSameNumber) {
  EXPECT_EQ(number_text(70), "70");
  EXPECT_EQ(number_text(0.07), "0.07");
  EXPECT_EQ(number_text(-3), "-3");
  for (const double value : {0.1, 1.0 / 3, 1e300, 5e-324, 123456789.123, 1e15, 1e16, 2e-7}) {
    EXPECT_EQ(std::strtod(number_text(value).c_str(), nullptr), value);
  }
}

TEST(Quantity, ShortNumbersHaveFourSignificantDigits) {
  EXPECT_EQ(short_number(0), "0");
  EXPECT_EQ(short_number(5.0 / 6), "0.8333");
  EXPECT_EQ(short_number(12.3456), "12.35");
  EXPECT_EQ(short_number(-12.3456), "-12.35");
  EXPECT_EQ(short_number(999.96), "1000");
  EXPECT_EQ(short_number(1024.4), "1024");
  EXPECT_EQ(short_number(1234567), "1234567");
  EXPECT_EQ(short_number(std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(short_number(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(short_number(-std::numeric_limits<double>::infinity()), "-Inf");
}

}  // namespace
}  // namespace evalscaler
