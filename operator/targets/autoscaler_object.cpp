// SPDX-License-Identifier: Apache-2.0
#include "targets/autoscaler_object.hpp"

#include <string_view>

#include "kube/store.hpp"

namespace evalscaler::targets {
namespace {

using kube::store;
using wire::JsonCursor;

Result<void> read_target(JsonCursor& reference, AutoscalerObject& into) {
  return reference.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "apiVersion") return store(value.text(), into.target_api_version);
    if (key == "kind") return store(value.text(), into.target_kind);
    if (key == "name") return store(value.text(), into.target_name);
    return {};
  });
}

Result<void> read_spec(JsonCursor& spec, AutoscalerObject& into) {
  return spec.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    return key == "scaleTargetRef" ? read_target(value, into) : Result<void>();
  });
}

}  // namespace

const kube::Resource& autoscaler_resource() {
  static const kube::Resource resource{"autoscaling", "v2", "horizontalpodautoscalers",
                                       "HorizontalPodAutoscaler"};
  return resource;
}

Result<AutoscalerObject> read_autoscaler(JsonCursor& object) {
  AutoscalerObject out;
  const auto read = object.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "metadata") {
      const auto ignore = [](std::string_view, JsonCursor&) { return Result<void>(); };
      return store(kube::read_object_meta(value, ignore), out.meta);
    }
    return key == "spec" ? read_spec(value, out) : Result<void>();
  });
  if (!read) return read.error();
  if (out.meta.key.name.empty()) return object.error("metadata is missing");
  if (out.target_kind.empty() || out.target_name.empty()) {
    return object.error("spec.scaleTargetRef is missing");
  }
  return out;
}

}  // namespace evalscaler::targets
