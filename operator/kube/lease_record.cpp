// SPDX-License-Identifier: Apache-2.0
#include "kube/lease_record.hpp"

#include <utility>

#include "core/time_text.hpp"
#include "kube/store.hpp"
#include "wire/json_reader.hpp"
#include "wire/json_writer.hpp"

namespace evalscaler::kube {
namespace {

using wire::JsonCursor;
using wire::JsonType;

Result<void> read_time(JsonCursor& value, std::optional<WallTime>& into) {
  const auto text = value.text();
  if (!text) return text.error();
  const auto time = parse_time(*text);
  if (!time) return value.error(time.error().message);
  into = *time;
  return {};
}

Result<void> read_spec(JsonCursor& spec, LeaseSpec& into) {
  return spec.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    const auto type = value.type();
    if (!type) return type.error();
    if (*type == JsonType::Null) return {};
    if (key == "holderIdentity") return store(value.text(), into.holder);
    if (key == "leaseDurationSeconds") return store(value.integer(), into.duration_seconds);
    if (key == "acquireTime") return read_time(value, into.acquired);
    if (key == "renewTime") return read_time(value, into.renewed);
    if (key == "leaseTransitions") return store(value.integer(), into.transitions);
    return {};
  });
}

void write_time(wire::JsonWriter& json, std::string_view name,
                const std::optional<WallTime>& time) {
  if (time) json.member(name, micro_time_text(*time));
}

}  // namespace

const Resource& lease_resource() {
  static const Resource resource{"coordination.k8s.io", "v1", "leases", "Lease"};
  return resource;
}

Result<LeaseRecord> read_lease(std::string_view json) {
  LeaseRecord record;
  wire::JsonReader reader;
  const auto read = reader.read_copy(json, [&](JsonCursor& root) -> Result<void> {
    EVALSCALER_TRY(root.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
      if (key == "metadata") return store(value.raw(), record.metadata);
      return key == "spec" ? read_spec(value, record.spec) : Result<void>();
    }));
    return record.metadata.starts_with('{') ? Result<void>() : root.error("not a Lease");
  });
  if (!read) return read.error();
  return record;
}

std::string lease_json(const LeaseRecord& record) {
  const LeaseSpec& spec = record.spec;
  wire::JsonWriter json;
  json.begin_object().member("apiVersion", lease_resource().api_version());
  json.member("kind", lease_resource().kind).key("metadata").raw(record.metadata);
  json.key("spec").begin_object();
  json.member("holderIdentity", spec.holder);
  json.member("leaseDurationSeconds", spec.duration_seconds);
  write_time(json, "acquireTime", spec.acquired);
  write_time(json, "renewTime", spec.renewed);
  json.member("leaseTransitions", spec.transitions);
  json.end_object().end_object();
  return std::move(json).text();
}

std::string new_lease_metadata(const ObjectKey& key) {
  wire::JsonWriter json;
  json.begin_object().member("name", key.name).member("namespace", key.space).end_object();
  return std::move(json).text();
}

}  // namespace evalscaler::kube
