// SPDX-License-Identifier: Apache-2.0
// Who last wrote which part of an object: the entries of metadata.managedFields.
//
// Authority: k8s.io/apimachinery meta/v1 ManagedFieldsEntry. Only what tells the owner of the
// replica count is kept.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::kube {

struct FieldsEntry {
  std::string manager;
  std::string operation;    // "Apply" or "Update"
  std::string subresource;  // "scale", "status"; empty for the object itself
  std::optional<WallTime> time;
  bool owns_replicas = false;  // fieldsV1 holds f:spec / f:replicas
};

// Reads a `managedFields` value. A time that cannot be read is left out, not an error.
Result<std::vector<FieldsEntry>> read_managed_fields(wire::JsonCursor& managed_fields);

}  // namespace evalscaler::kube
