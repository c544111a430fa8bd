// SPDX-License-Identifier: Apache-2.0
#include "wire/json_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace evalscaler::wire {
namespace {

Result<void> read_all(std::string json, FunctionRef<Result<void>(JsonCursor&)> use) {
  JsonReader reader;
  return reader.read(json, use);
}

TEST(JsonCursor, NamesThePathOfAWrongValue) {
  const auto result =
      read_all(R"({"spec":{"tiers":[{"min":1},{"min":"x"}]}})", [](JsonCursor& root) {
        return root.members([](std::string_view, JsonCursor& spec) {
          return spec.members([](std::string_view, JsonCursor& tiers) {
            return tiers.items([](std::size_t, JsonCursor& tier) {
              return tier.members([](std::string_view, JsonCursor& min) -> Result<void> {
                EVALSCALER_TRY(min.integer());
                return {};
              });
            });
          });
        });
      });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::Invalid);
  EXPECT_EQ(result.error().message, "spec.tiers[1].min: must be a whole number");
}

TEST(JsonCursor, SkipsWhatIsNotRead) {
  std::vector<std::string> seen;
  const auto result = read_all(
      R"({"a":{"deep":[1,{"x":[]}]},"b":"t\u00e9","c":[1,2],"d":2.5})", [&](JsonCursor& root) {
        return root.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
          if (key == "b") seen.push_back(*value.text());
          if (key == "d") seen.push_back(std::to_string(*value.number()));
          return {};
        });
      });
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(seen, (std::vector<std::string>{"té", "2.500000"}));
}

TEST(JsonCursor, TakesNumbersAndStringsForQuantities) {
  std::vector<std::string> seen;
  const auto result = read_all(R"({"a":70 ,"b":"70","c":0.5})", [&](JsonCursor& root) {
    return root.members([&](std::string_view, JsonCursor& value) -> Result<void> {
      seen.push_back(value.text_or_number().value());
      return {};
    });
  });
  ASSERT_TRUE(result);
  EXPECT_EQ(seen, (std::vector<std::string>{"70", "70", "0.5"}));
}

TEST(JsonCursor, RawTextOfAnObjectCanBeKept) {
  std::string raw;
  const auto result = read_all(R"({"x": {"a": [1, 2]}, "y": 1})", [&](JsonCursor& root) {
    return root.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
      if (key == "x") raw = value.raw().value();
      return {};
    });
  });
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(raw, R"({"a": [1, 2]})");
}

TEST(JsonReader, RefusesWhatIsNotOneDocument) {
  const auto walk = [](JsonCursor& root) {
    return root.members([](std::string_view, JsonCursor&) -> Result<void> { return {}; });
  };
  for (const char* json : {"", "   ", "{", "{\"a\":1", "{\"a\":1}}", "{} {}", "<html>", "[1]",
                           "\"x\"", "{\"a\":\"\xff\"}", "{\"a\" 1}"}) {
    EXPECT_FALSE(read_all(json, walk)) << json;
  }
}

TEST(JsonReader, DepthOfSkippedPartsCostsNoStack) {
  std::string deep =
      R"({"a":)" + std::string(100'000, '[') + std::string(100'000, ']') + R"(,"b":7})";
  std::int64_t found = 0;
  const auto result = read_all(deep, [&](JsonCursor& root) {
    return root.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
      if (key == "b") found = *value.integer();
      return {};
    });
  });
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(found, 7);
}

TEST(JsonReader, NullCountsAsEmpty) {
  int calls = 0;
  const auto result = read_all(R"({"a":null})", [&](JsonCursor& root) {
    return root.members([&](std::string_view, JsonCursor& value) {
      return value.items([&](std::size_t, JsonCursor&) -> Result<void> {
        ++calls;
        return {};
      });
    });
  });
  EXPECT_TRUE(result);
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace evalscaler::wire
