// SPDX-License-Identifier: Apache-2.0
// ObjectMeta: the part of metadata that we read of every object.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/object_key.hpp"
#include "core/result.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::kube {

struct ObjectMeta {
  ObjectKey key;
  std::string uid;
  std::string resource_version;
  std::int64_t generation = 0;
  std::optional<WallTime> created;
  bool being_deleted = false;
  std::optional<std::string> controller_owner;  // "Kind/name"
};

// Reads a `metadata` value. Annotations, labels, managedFields and finalizers are handed to `other`
// so that each kind keeps only what it needs.
Result<ObjectMeta> read_object_meta(
    wire::JsonCursor& metadata,
    FunctionRef<Result<void>(std::string_view key, wire::JsonCursor& value)> other);

}  // namespace evalscaler::kube
