// SPDX-License-Identifier: Apache-2.0
#include "wire/line_splitter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace evalscaler::wire {
namespace {

using ::testing::ElementsAre;

TEST(LineSplitter, GivesTheSameLinesForEveryCutOfTheText) {
  const std::string text = "a\n\nbcd\ne";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    LineSplitter splitter(100);
    std::vector<std::string> lines;
    const auto keep = [&](std::string_view line) {
      lines.emplace_back(line);
      return true;
    };
    for (std::size_t at = 0; at < text.size(); at += step) {
      EXPECT_EQ(splitter.feed(text.substr(at, step), keep), LineSplitter::Took::All);
    }
    EXPECT_THAT(lines, ElementsAre("a", "", "bcd")) << step;
  }
}

TEST(LineSplitter, StopsWhereTheReaderStops) {
  LineSplitter splitter(100);
  std::vector<std::string> lines;
  const auto first_only = [&](std::string_view line) {
    lines.emplace_back(line);
    return false;
  };
  EXPECT_EQ(splitter.feed("a\nb\n", first_only), LineSplitter::Took::Stopped);
  EXPECT_THAT(lines, ElementsAre("a"));
}

TEST(LineSplitter, BoundsALineThatHasNoEndYet) {
  LineSplitter splitter(5);
  const auto all = [](std::string_view) { return true; };
  EXPECT_EQ(splitter.feed("12345\n123", all), LineSplitter::Took::All);
  EXPECT_EQ(splitter.feed("456", all), LineSplitter::Took::TooLong);
}

}  // namespace
}  // namespace evalscaler::wire
