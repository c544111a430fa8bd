// SPDX-License-Identifier: Apache-2.0
// AutoscalerObject: a HorizontalPodAutoscaler as the watch cache holds it: only what it scales.
#pragma once

#include <string>

#include "core/result.hpp"
#include "kube/object_meta.hpp"
#include "kube/resource_path.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::targets {

struct AutoscalerObject {
  kube::ObjectMeta meta;
  std::string target_api_version;
  std::string target_kind;
  std::string target_name;
};

const kube::Resource& autoscaler_resource();

// Invalid if there is no metadata or it does not say what it scales.
Result<AutoscalerObject> read_autoscaler(wire::JsonCursor& object);

}  // namespace evalscaler::targets
