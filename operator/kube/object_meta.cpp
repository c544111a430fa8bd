// SPDX-License-Identifier: Apache-2.0
#include "kube/object_meta.hpp"

#include "core/time_text.hpp"
#include "kube/store.hpp"

namespace evalscaler::kube {
namespace {

Result<void> read_owner(wire::JsonCursor& reference, std::optional<std::string>& owner) {
  std::string kind;
  std::string name;
  bool controls = false;
  EVALSCALER_TRY(reference.members([&](std::string_view key, wire::JsonCursor& value) {
    if (key == "kind") return store(value.text(), kind);
    if (key == "name") return store(value.text(), name);
    if (key == "controller") return store(value.boolean(), controls);
    return Result<void>();
  }));
  if (controls) owner = kind + "/" + name;
  return {};
}

Result<void> read_deletion(wire::JsonCursor& value, bool& being_deleted) {
  const auto type = value.type();
  if (!type) return type.error();
  being_deleted = *type != wire::JsonType::Null;
  return {};
}

// Null in what the API server has not stored yet.
Result<void> read_creation(wire::JsonCursor& value, std::optional<WallTime>& created) {
  const auto type = value.type();
  if (!type) return type.error();
  if (*type == wire::JsonType::Null) return {};
  const auto text = value.text();
  if (!text) return text.error();
  const auto time = parse_time(*text);
  if (!time) return value.error(time.error().message);
  created = *time;
  return {};
}

}  // namespace

Result<ObjectMeta> read_object_meta(
    wire::JsonCursor& metadata,
    FunctionRef<Result<void>(std::string_view key, wire::JsonCursor& value)> other) {
  ObjectMeta meta;
  const auto read = metadata.members([&](std::string_view key, wire::JsonCursor& value) {
    if (key == "name") return store(value.text(), meta.key.name);
    if (key == "namespace") return store(value.text(), meta.key.space);
    if (key == "uid") return store(value.text(), meta.uid);
    if (key == "resourceVersion") return store(value.text(), meta.resource_version);
    if (key == "generation") return store(value.integer(), meta.generation);
    if (key == "creationTimestamp") return read_creation(value, meta.created);
    if (key == "deletionTimestamp") return read_deletion(value, meta.being_deleted);
    if (key == "ownerReferences") {
      return value.items([&](std::size_t, wire::JsonCursor& reference) {
        return read_owner(reference, meta.controller_owner);
      });
    }
    if (key == "annotations" || key == "labels" || key == "managedFields" || key == "finalizers") {
      return other(key, value);
    }
    return Result<void>();
  });
  if (!read) return read.error();
  if (meta.key.name.empty()) return metadata.error("name is missing");
  return meta;
}

}  // namespace evalscaler::kube
