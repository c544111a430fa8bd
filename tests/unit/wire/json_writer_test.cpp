// SPDX-License-Identifier: Apache-2.0
#include "wire/json_writer.hpp"

#include <gtest/gtest.h>

namespace evalscaler::wire {
namespace {

TEST(JsonWriter, WritesMembersInCallOrder) {
  JsonWriter json;
  json.begin_object().member("b", 1).member("a", "x").key("list").begin_array();
  json.value(0.07).value(true).null().end_array().member("none", std::optional<int>{}).end_object();
  EXPECT_EQ(json.text(), R"({"b":1,"a":"x","list":[0.07,true,null]})");
}

TEST(JsonWriter, IndentsAndKeepsEmptyContainersShort) {
  JsonWriter json(2);
  json.begin_object().key("a").begin_array().end_array().member("b", 2).end_object();
  EXPECT_EQ(json.text(), "{\n  \"a\": [],\n  \"b\": 2\n}");
}

TEST(JsonWriter, EscapesControlsAndReplacesBadUtf8) {
  JsonWriter json;
  json.value(std::string_view("q\" b\\ n\n \x01 \xff \xc3\xa9 \xed\xa0\x80", 19));
  EXPECT_EQ(
      json.text(),
      "\"q\\\" b\\\\ n\\n \\u0001 \xEF\xBF\xBD \xc3\xa9 \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace evalscaler::wire
