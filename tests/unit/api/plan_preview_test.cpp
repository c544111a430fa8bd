// SPDX-License-Identifier: Apache-2.0
#include "api/plan_preview.hpp"

#include <gtest/gtest.h>

namespace evalscaler::api {
namespace {

Result<PlanPreview> parse(const std::string& json) {
  PlanPreview out;
  wire::JsonReader reader;
  const auto read = reader.read_copy(json, [&](wire::JsonCursor& root) -> Result<void> {
    auto preview = read_plan_preview(root);
    if (!preview) return preview.error();
    out = std::move(*preview);
    return {};
  });
  if (!read) return read.error();
  return out;
}

TEST(PlanPreview, WhatIsWrittenIsReadBack) {
  PlanPreview preview;
  preview.from = 4;
  preview.to = 3;
  preview.wanted = 2;
  preview.obstacles = {{"MemoryTooHigh", "#1 would hold 9 of 10 bytes"}};
  preview.leaving = {"redis-cluster-6, a master with 4096 slots"};
  preview.moves = {{"redis-cluster-6", "redis-cluster-0", 1365, 20'000, 4'000'000'000}};
  preview.notes = {"one shard at a time"};
  wire::JsonWriter out;
  write_plan_preview(out, preview);
  const auto read = parse(std::move(out).text());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, preview);
}

TEST(PlanPreview, WhatIsNoPreviewIsRefusedWithItsPlace) {
  const auto read = parse(R"({"from": 3, "moves": [{"slots": "many"}]})");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::Invalid);
  EXPECT_NE(read.error().message.find("moves[0].slots"), std::string::npos) << read.error().message;
}

}  // namespace
}  // namespace evalscaler::api
