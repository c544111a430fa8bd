// SPDX-License-Identifier: Apache-2.0
#include "targets/scale_document.hpp"

#include <cstdint>
#include <limits>
#include <utility>

#include "kube/object_meta.hpp"
#include "kube/store.hpp"
#include "wire/json_reader.hpp"
#include "wire/json_writer.hpp"

namespace evalscaler::targets {
namespace {

using wire::JsonCursor;

void test(wire::JsonWriter& json, std::string_view path, std::string_view expected) {
  json.begin_object().member("op", "test").member("path", path).member("value", expected);
  json.end_object();
}

Result<void> read_spec(JsonCursor& spec, ScaleDocument& into) {
  return spec.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key != "replicas") return {};
    std::int64_t replicas = 0;
    EVALSCALER_TRY(kube::store(value.integer(), replicas));
    if (replicas < 0 || replicas > std::numeric_limits<api::Replicas>::max()) {
      return value.error(std::to_string(replicas) + " is no number of replicas");
    }
    into.spec_replicas = static_cast<api::Replicas>(replicas);
    return {};
  });
}

Result<void> read_document(JsonCursor& root, ScaleDocument& into) {
  bool has_spec = false;
  const auto ignore = [](std::string_view, JsonCursor&) { return Result<void>(); };
  EVALSCALER_TRY(root.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "spec") {
      has_spec = true;
      return read_spec(value, into);
    }
    if (key != "metadata") return {};
    auto meta = kube::read_object_meta(value, ignore);
    if (!meta) return meta.error();
    into.uid = meta->uid;
    into.resource_version = meta->resource_version;
    return {};
  }));
  if (!has_spec || into.uid.empty() || into.resource_version.empty()) {
    return root.error("not a Scale");
  }
  return {};
}

}  // namespace

std::string scale_patch(const ScaleDocument& based_on, api::Replicas wanted) {
  const api::Replicas from = based_on.spec_replicas;
  wire::JsonWriter json;
  json.begin_array();
  test(json, "/metadata/uid", based_on.uid);
  test(json, "/metadata/resourceVersion", based_on.resource_version);
  // A Scale of 0 replicas has no such field (Go's omitempty): then the test is that it is
  // absent, and it is added.
  json.begin_object().member("op", "test").member("path", "/spec/replicas").key("value");
  (from == 0 ? json.null() : json.value(from)).end_object();
  json.begin_object().member("op", from == 0 ? "add" : "replace");
  json.member("path", "/spec/replicas").member("value", wanted).end_object();
  json.end_array();
  return std::move(json).text();
}

Result<ScaleDocument> read_scale(std::string_view json) {
  ScaleDocument scale;
  wire::JsonReader reader;
  const auto read =
      reader.read_copy(json, [&](JsonCursor& root) { return read_document(root, scale); });
  if (!read) return read.error();
  return scale;
}

}  // namespace evalscaler::targets
