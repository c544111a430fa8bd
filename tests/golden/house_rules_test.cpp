// SPDX-License-Identifier: Apache-2.0
// What every property of the CRD must have: a text that teaches, and a bound.
#include <gtest/gtest.h>

#include <string>

#include "golden/crd_schema.hpp"

namespace evalscaler::golden {
namespace {

void check(const std::string& path, const JsonTree& node) {
  const std::string description = keyword(node, "description");
  EXPECT_GE(description.size(), 10U) << path << " has no description";
  EXPECT_TRUE(description.ends_with(".")) << path << ": " << description;
  const std::string type = keyword(node, "type");
  const bool bounded = node.find("enum") != nullptr || keyword(node, "format") == "date-time";
  if (type == "string" && !bounded) {
    EXPECT_NE(node.find("maxLength"), nullptr) << path << " has no maxLength";
  }
  if (type == "array") {
    EXPECT_NE(node.find("maxItems"), nullptr) << path << " has no maxItems";
    EXPECT_NE(at(const_cast<JsonTree&>(node), "items.description"), nullptr) << path;
  }
  EXPECT_NE(type, "number") << path << " is a float";
  EXPECT_EQ(node.find("x-kubernetes-preserve-unknown-fields"), nullptr) << path;
  EXPECT_EQ(node.find("additionalProperties"), nullptr) << path;
  if (const JsonTree* rules = node.find("x-kubernetes-validations")) {
    for (const JsonTree& rule : rules->items) {
      EXPECT_NE(rule.find("message"), nullptr) << path << ": " << keyword(rule, "rule");
      EXPECT_NE(rule.find("reason"), nullptr) << path << ": " << keyword(rule, "rule");
    }
  }
}

TEST(Crd, EveryPropertyTeachesAndIsBounded) {
  for (const char* part : {"spec", "status"}) {
    const JsonTree schema = crd_schema(part);
    EXPECT_GE(keyword(schema, "description").size(), 10U);
    visit_properties(schema, [&](const std::string& path, const JsonTree& node) {
      check(std::string(part) + "." + path, node);
    });
  }
}

TEST(Crd, NumbersOfTheSpecHaveLimits) {
  visit_properties(crd_schema("spec"), [](const std::string& path, const JsonTree& node) {
    if (keyword(node, "type") != "integer") return;
    EXPECT_NE(node.find("minimum"), nullptr) << path;
    EXPECT_NE(node.find("maximum"), nullptr) << path;
  });
}

TEST(Crd, NoFieldLeavesTheNamespaceOrTakesAnAddress) {
  visit_properties(crd_schema("spec"), [](const std::string& path, const JsonTree&) {
    const std::string name = path.substr(path.rfind('.') + 1);
    for (const char* banned : {"namespace", "url", "uri", "file", "path", "host", "address"}) {
      EXPECT_NE(name, banned) << path;
    }
  });
}

}  // namespace
}  // namespace evalscaler::golden
