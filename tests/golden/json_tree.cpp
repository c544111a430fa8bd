// SPDX-License-Identifier: Apache-2.0
#include "golden/json_tree.hpp"

#include <algorithm>
#include <utility>

#include "core/text.hpp"
#include "wire/json_writer.hpp"

namespace evalscaler::golden {
namespace {

using wire::JsonCursor;
using wire::JsonType;

Result<void> read_into(JsonCursor& value, JsonTree& out) {
  const auto type = value.type();
  if (!type) return type.error();
  out.type = *type;
  if (*type == JsonType::Object) {
    return value.members([&](std::string_view key, JsonCursor& member) {
      out.members.push_back({std::string(key), {}});
      return read_into(member, out.members.back().value);
    });
  }
  if (*type == JsonType::Array) {
    return value.items(
        [&](std::size_t, JsonCursor& item) { return read_into(item, out.items.emplace_back()); });
  }
  auto raw = value.raw();
  if (!raw) return raw.error();
  out.scalar = std::move(*raw);
  return {};
}

void write(wire::JsonWriter& out, const JsonTree& tree) {
  if (tree.type == JsonType::Object) {
    out.begin_object();
    for (const auto& [key, member] : tree.members) {
      out.key(key);
      write(out, member);
    }
    out.end_object();
  } else if (tree.type == JsonType::Array) {
    out.begin_array();
    for (const JsonTree& item : tree.items) write(out, item);
    out.end_array();
  } else {
    out.raw(tree.scalar);
  }
}

void collect(const JsonTree& tree, const std::string& prefix, std::vector<std::string>& out) {
  for (const auto& [key, member] : tree.members) {
    const std::string path = prefix.empty() ? key : prefix + "." + key;
    out.push_back(path);
    collect(member, path, out);
    for (const JsonTree& item : member.items) collect(item, path + "[]", out);
  }
}

}  // namespace

JsonTree* JsonTree::find(std::string_view key) {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const auto& member) { return member.key == key; });
  return found == members.end() ? nullptr : &found->value;
}

const JsonTree* JsonTree::find(std::string_view key) const {
  return const_cast<JsonTree*>(this)->find(key);
}

std::string JsonTree::text() const {
  wire::JsonWriter out;
  write(out, *this);
  return std::move(out).text();
}

std::string JsonTree::unquoted() const {
  return scalar.size() >= 2 ? scalar.substr(1, scalar.size() - 2) : scalar;
}

Result<JsonTree> read_tree(std::string_view json) {
  JsonTree tree;
  wire::JsonReader reader;
  EVALSCALER_TRY(reader.read_copy(json, [&](JsonCursor& root) { return read_into(root, tree); }));
  return tree;
}

JsonTree scalar(JsonType type, std::string json) {
  return {type, std::move(json), {}, {}};
}

std::optional<Place> find_place(JsonTree& root, std::string_view path) {
  const std::size_t dot = path.find('.');
  const std::string_view rest = dot == std::string_view::npos ? "" : path.substr(dot + 1);
  std::string_view part = path.substr(0, dot);
  const bool item = part.ends_with("[]");
  if (item) part.remove_suffix(2);
  JsonTree* member = root.find(part);
  if (member == nullptr) return std::nullopt;
  const auto below = [&](JsonTree& node, const std::string& name) -> std::optional<Place> {
    if (rest.empty()) return Place{&node, name};
    auto place = find_place(node, rest);
    if (place) place->path = name + "." + place->path;
    return place;
  };
  if (!item) return below(*member, std::string(part));
  for (std::size_t i = 0; i < member->items.size(); ++i) {
    auto place = below(member->items[i], std::string(part) + "[" + std::to_string(i) + "]");
    if (place) return place;
  }
  return std::nullopt;
}

JsonTree* at(JsonTree& root, std::string_view path) {
  const auto place = find_place(root, path);
  return place ? place->node : nullptr;
}

void remove(JsonTree& root, std::string_view path) {
  const JsonTree* child = at(root, path);
  if (child == nullptr) return;
  // The parent that has this child, which need not be the list's first item.
  const auto holds = [&](const auto& member) { return &member.value == child; };
  const auto cut = [&](auto& self, JsonTree& node) -> bool {
    if (std::erase_if(node.members, holds) > 0) return true;
    for (auto& member : node.members) {
      if (self(self, member.value)) return true;
    }
    for (JsonTree& item : node.items) {
      if (self(self, item)) return true;
    }
    return false;
  };
  cut(cut, root);
}

std::vector<std::string> paths_of(const JsonTree& root) {
  std::vector<std::string> out;
  collect(root, "", out);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace evalscaler::golden
