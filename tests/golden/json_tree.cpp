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
    if (!member.items.empty()) collect(member.items.front(), path + "[]", out);
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

JsonTree* at(JsonTree& root, std::string_view path) {
  JsonTree* here = &root;
  for (std::string_view part : split(path, '.')) {
    const bool item = part.ends_with("[]");
    if (item) part.remove_suffix(2);
    here = here->find(part);
    if (here != nullptr && item) here = here->items.empty() ? nullptr : &here->items.front();
    if (here == nullptr) return nullptr;
  }
  return here;
}

void remove(JsonTree& root, std::string_view path) {
  const std::size_t dot = path.rfind('.');
  JsonTree* parent = dot == std::string_view::npos ? &root : at(root, path.substr(0, dot));
  const std::string_view key = dot == std::string_view::npos ? path : path.substr(dot + 1);
  if (parent != nullptr) {
    std::erase_if(parent->members, [&](const auto& member) { return member.key == key; });
  }
}

std::vector<std::string> paths_of(const JsonTree& root) {
  std::vector<std::string> out;
  collect(root, "", out);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace evalscaler::golden
