// SPDX-License-Identifier: Apache-2.0
// Reads JSON objects into structs by tables of their fields (kFields<T>).
//
// A field that is absent or null keeps the struct's default; of a field given twice the last
// one counts. Errors are Invalid and begin with the path of the value. Only for the decoders
// of this folder.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/enum_text.hpp"
#include "api/service_json.hpp"
#include "core/clock.hpp"
#include "core/quantity.hpp"
#include "core/result.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::api {

template <typename T>
struct Field {
  std::string_view name;
  Result<void> (*read)(wire::JsonCursor& value, UnknownFields unknown, T& out);
};

// The fields of T; specialised next to its decoder, inner structs before outer ones.
template <typename T>
inline constexpr std::array<Field<T>, 0> kFields{};

template <typename T>
concept StructWithFields = !kFields<T>.empty();

// An array that is longer than its list ends in rows that read nothing, under the empty name.
// (Asking for the null reader itself is no constant expression to g++ with UBSan.)
template <StructWithFields T>
constexpr bool every_row_reads() {
  for (const Field<T>& field : kFields<T>) {
    if (field.name.empty()) return false;
  }
  return true;
}

Result<void> read_value(wire::JsonCursor& value, UnknownFields unknown, std::string& out);
Result<void> read_value(wire::JsonCursor& value, UnknownFields unknown, bool& out);
Result<void> read_value(wire::JsonCursor& value, UnknownFields unknown, std::int32_t& out);
Result<void> read_value(wire::JsonCursor& value, UnknownFields unknown, std::int64_t& out);
Result<void> read_value(wire::JsonCursor& value, UnknownFields unknown, std::chrono::seconds& out);
Result<void> read_value(wire::JsonCursor& value, UnknownFields unknown, Quantity& out);
// A double travels as a quantity's text: resources hold no floats.
Result<void> read_value(wire::JsonCursor& value, UnknownFields unknown, double& out);
Result<void> read_value(wire::JsonCursor& value, UnknownFields unknown, WallTime& out);

Error unknown_text(const wire::JsonCursor& value, std::string_view text,
                   std::span<const std::string_view> known);
Error unknown_field(const wire::JsonCursor& value, const std::vector<std::string>& known);

template <EnumWithTexts E>
Result<void> read_value(wire::JsonCursor& value, UnknownFields /*unknown*/, E& out) {
  const auto text = value.text();
  if (!text) return text.error();
  const auto found = from_text<E>(*text);
  if (!found) return unknown_text(value, *text, kEnumTexts<E>);
  out = *found;
  return {};
}

template <StructWithFields T>
Result<void> read_value(wire::JsonCursor& value, UnknownFields unknown, T& out) {
  static_assert(every_row_reads<T>());
  return value.members([&](std::string_view key, wire::JsonCursor& member) -> Result<void> {
    for (const Field<T>& field : kFields<T>) {
      if (field.name == key) return field.read(member, unknown, out);
    }
    if (unknown == UnknownFields::Ignore) return {};
    std::vector<std::string> known;
    known.reserve(kFields<T>.size());
    for (const Field<T>& field : kFields<T>) known.emplace_back(field.name);
    return unknown_field(member, known);
  });
}

template <typename T>
Result<void> read_value(wire::JsonCursor& value, UnknownFields unknown, std::optional<T>& out) {
  return read_value(value, unknown, out.emplace());
}

template <typename T>
Result<void> read_value(wire::JsonCursor& value, UnknownFields unknown, std::vector<T>& out) {
  return value.items([&](std::size_t, wire::JsonCursor& item) {
    return read_value(item, unknown, out.emplace_back());
  });
}

template <typename T>
struct MemberPointer;
template <typename Struct, typename Value>
struct MemberPointer<Value Struct::*> {
  using Owner = Struct;
  using Type = Value;
};

// The reader of one member, for a row of kFields.
template <auto kMember>
Result<void> into(wire::JsonCursor& value, UnknownFields unknown,
                  typename MemberPointer<decltype(kMember)>::Owner& out) {
  const auto type = value.type();
  if (!type) return type.error();
  if (*type == wire::JsonType::Null) return {};
  typename MemberPointer<decltype(kMember)>::Type fresh{};
  EVALSCALER_TRY(read_value(value, unknown, fresh));
  out.*kMember = std::move(fresh);
  return {};
}

}  // namespace evalscaler::api
