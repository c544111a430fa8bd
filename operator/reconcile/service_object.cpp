// SPDX-License-Identifier: Apache-2.0
#include "reconcile/service_object.hpp"

#include <string_view>
#include <utility>

#include "api/service_json.hpp"
#include "kube/store.hpp"

namespace evalscaler::reconcile {
namespace {

using wire::JsonCursor;

Result<void> read_annotations(JsonCursor& annotations, std::string& paused) {
  return annotations.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    return key == api::kPausedAnnotation ? kube::store(value.text(), paused) : Result<void>();
  });
}

Result<void> read_finalizers(JsonCursor& list, std::vector<std::string>& names) {
  return list.items([&](std::size_t, JsonCursor& name) {
    return kube::store(name.text(), names.emplace_back());
  });
}

Result<void> read_meta(JsonCursor& value, ServiceObject& into) {
  auto meta =
      kube::read_object_meta(value, [&](std::string_view key, JsonCursor& part) -> Result<void> {
        if (key == "finalizers") return read_finalizers(part, into.finalizers);
        return key == "annotations" ? read_annotations(part, into.paused) : Result<void>();
      });
  if (!meta) return meta.error();
  into.meta = std::move(meta).value();
  return {};
}

}  // namespace

const kube::Resource& service_resource() {
  static const kube::Resource resource{api::kGroup, api::kVersion, api::kPlural, api::kKind};
  return resource;
}

Result<ServiceObject> read_service(JsonCursor& object) {
  ServiceObject out;
  out.spec_error = "spec: is missing";
  const auto read = object.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "metadata") return read_meta(value, out);
    if (key == "spec") {
      auto spec = api::read_spec(value, api::UnknownFields::Ignore);
      out.spec_error = spec ? "" : spec.error().message;
      if (spec) out.spec = std::move(spec).value();
    }
    if (key == "status") {
      // Written by us; what cannot be read any more is written anew.
      if (auto status = api::read_status(value)) out.status = std::move(status).value();
    }
    return {};
  });
  if (!read) return read.error();
  if (out.meta.key.name.empty()) return object.error("metadata is missing");
  return out;
}

kube::ObjectReference reference_to(const ServiceObject& service) {
  return {service_resource().api_version(), service_resource().kind, service.meta.key,
          service.meta.uid, service.meta.resource_version};
}

}  // namespace evalscaler::reconcile
