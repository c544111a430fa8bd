// SPDX-License-Identifier: Apache-2.0
#include "kube/list_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace evalscaler::kube {
namespace {

using ::testing::ElementsAre;

struct Read {
  std::vector<std::string> items;
  Result<ListPage> page = fail(ErrorKind::Invalid, "not read");

  explicit Read(std::string body) {
    wire::JsonReader reader;
    page = read_list_page(reader, body, "Thing",
                          [&](std::string json) { items.push_back(std::move(json)); });
  }
};

TEST(ListPage, GivesItemsRevisionAndTheNextPagesToken) {
  const Read read(R"({"kind":"ThingList","metadata":{"resourceVersion":"7","continue":"c"},
                      "items":[{"a":1}, {"b":[2]}]})");
  ASSERT_TRUE(read.page);
  EXPECT_EQ(read.page->revision, "7");
  EXPECT_EQ(read.page->next_page, "c");
  EXPECT_THAT(read.items, ElementsAre(R"({"a":1})", R"({"b":[2]})"));
}

TEST(ListPage, OnlyTheTokenSaysWhetherThereIsMore) {  // R25
  const Read read(R"({"kind":"ThingList","items":[],
                      "metadata":{"resourceVersion":"7","remainingItemCount":500}})");
  ASSERT_TRUE(read.page);
  EXPECT_EQ(read.page->next_page, "");
}

TEST(ListPage, AnotherKindOrNoRevisionIsNoList) {  // R6
  for (const std::string body :
       {R"({"kind":"Status","metadata":{"resourceVersion":"7"}})",
        R"({"metadata":{"resourceVersion":"7"},"items":[]})",
        R"({"kind":"ThingList","metadata":{},"items":[]})",
        R"({"kind":"ThingList","metadata":{"resourceVersion":"0"}})",
        R"({"kind":"ThingList","metadata":{"resourceVersion":"abc"}})", R"([])"}) {
    EXPECT_FALSE(Read(body).page) << body;
  }
}

}  // namespace
}  // namespace evalscaler::kube
