// SPDX-License-Identifier: Apache-2.0
// JsonTree: a JSON document as a value that a test can change and write again.
//
// Paths name members with dots; "[]" behind a list's name is its first item, as in
// "tiers[].name".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::golden {

struct JsonTree {
  struct Member;

  wire::JsonType type = wire::JsonType::Null;
  std::string scalar;  // the JSON text of what is neither list nor object
  std::vector<Member> members;
  std::vector<JsonTree> items;

  JsonTree* find(std::string_view key);
  const JsonTree* find(std::string_view key) const;
  std::string text() const;      // as JSON
  std::string unquoted() const;  // the content of a string without escapes
};

struct JsonTree::Member {
  std::string key;
  JsonTree value;
};

Result<JsonTree> read_tree(std::string_view json);
JsonTree scalar(wire::JsonType type, std::string json);

struct Place {
  JsonTree* node = nullptr;
  std::string path;  // with the items' numbers: "tiers[1].name"
};

// The first place that fits a path such as "tiers[].name".
std::optional<Place> find_place(JsonTree& root, std::string_view path);
// Null if there is nothing at the path.
JsonTree* at(JsonTree& root, std::string_view path);
void remove(JsonTree& root, std::string_view path);
// Every path in the document, objects and lists included; of each list what any item has.
std::vector<std::string> paths_of(const JsonTree& root);

}  // namespace evalscaler::golden
