// SPDX-License-Identifier: Apache-2.0
#include "kube/managed_fields.hpp"

#include <utility>

#include "core/time_text.hpp"
#include "kube/store.hpp"

namespace evalscaler::kube {
namespace {

Result<bool> holds_replicas(wire::JsonCursor& fields) {
  bool found = false;
  const auto read = fields.members([&](std::string_view part, wire::JsonCursor& spec) {
    if (part != "f:spec") return Result<void>();
    return spec.members([&](std::string_view field, wire::JsonCursor&) {
      found = found || field == "f:replicas";
      return Result<void>();
    });
  });
  if (!read) return read.error();
  return found;
}

Result<FieldsEntry> read_entry(wire::JsonCursor& value) {
  FieldsEntry entry;
  const auto read =
      value.members([&](std::string_view key, wire::JsonCursor& member) -> Result<void> {
        if (key == "manager") return store(member.text(), entry.manager);
        if (key == "operation") return store(member.text(), entry.operation);
        if (key == "subresource") return store(member.text(), entry.subresource);
        if (key == "fieldsV1") return store(holds_replicas(member), entry.owns_replicas);
        if (key != "time") return {};
        const auto text = member.text();
        if (!text) return text.error();
        if (const auto time = parse_time(*text)) entry.time = *time;
        return {};
      });
  if (!read) return read.error();
  return entry;
}

}  // namespace

Result<std::vector<FieldsEntry>> read_managed_fields(wire::JsonCursor& managed_fields) {
  std::vector<FieldsEntry> entries;
  const auto read = managed_fields.items([&](std::size_t, wire::JsonCursor& item) -> Result<void> {
    auto entry = read_entry(item);
    if (!entry) return entry.error();
    entries.push_back(std::move(entry).value());
    return {};
  });
  if (!read) return read.error();
  return entries;
}

}  // namespace evalscaler::kube
