// SPDX-License-Identifier: Apache-2.0
#include "core/result.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace evalscaler {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return fail(ErrorKind::Invalid, std::to_string(value) + " is odd");
  return value / 2;
}

Result<void> halves(int value, int& out) {
  EVALSCALER_TRY(half(value));
  out = half(value).value();
  return {};
}

TEST(Result, HoldsAValueOrAnError) {
  const auto good = half(4);
  ASSERT_TRUE(good);
  EXPECT_EQ(*good, 2);
  const auto bad = half(3);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().kind, ErrorKind::Invalid);
  EXPECT_EQ(bad.error().message, "3 is odd");
  EXPECT_EQ(bad.value_or(7), 7);
  EXPECT_EQ(good.value_or(7), 2);
}

TEST(Result, AndThenStopsAtTheFirstError) {
  EXPECT_EQ(half(8).and_then(half).value(), 2);
  EXPECT_EQ(half(6).and_then(half).error().message, "3 is odd");
}

TEST(Result, TransformKeepsTheError) {
  EXPECT_EQ(half(8).transform([](int value) { return value * 10.0; }).value(), 40.0);
  EXPECT_EQ(half(7).transform([](int value) { return value; }).error().message, "7 is odd");
}

TEST(Result, TryReturnsTheErrorToTheCaller) {
  int out = 0;
  EXPECT_TRUE(halves(4, out));
  EXPECT_EQ(out, 2);
  const auto failed = halves(5, out);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "5 is odd");
  EXPECT_EQ(out, 2);
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> made(std::make_unique<int>(5));
  const std::unique_ptr<int> taken = *std::move(made);
  EXPECT_EQ(*taken, 5);
}

}  // namespace
}  // namespace evalscaler
