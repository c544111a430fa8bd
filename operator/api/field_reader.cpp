// SPDX-License-Identifier: Apache-2.0
#include "api/field_reader.hpp"

#include <limits>

#include "core/text.hpp"
#include "core/time_text.hpp"

namespace evalscaler::api {
namespace {

constexpr std::size_t kMaxQuantityText = 32;  // as in the schema

// A fraction without quotes would be a float for the API server, which refuses it.
Result<std::string> quantity_text(wire::JsonCursor& value) {
  const auto type = value.type();
  if (!type) return type.error();
  auto text = value.text_or_number();
  if (!text) return text;
  if (text->size() > kMaxQuantityText) return value.error("must be at most 32 characters long");
  if (*type == wire::JsonType::Number && text->find_first_of(".eE") != std::string::npos) {
    return value.error("a number that is not whole must be in quotes: \"" + *text + "\"");
  }
  return text;
}

}  // namespace

Result<void> read_value(wire::JsonCursor& value, UnknownFields /*unknown*/, std::string& out) {
  auto text = value.text();
  if (!text) return text.error();
  out = std::move(*text);
  return {};
}

Result<void> read_value(wire::JsonCursor& value, UnknownFields /*unknown*/, bool& out) {
  const auto flag = value.boolean();
  if (!flag) return flag.error();
  out = *flag;
  return {};
}

Result<void> read_value(wire::JsonCursor& value, UnknownFields /*unknown*/, std::int64_t& out) {
  const auto number = value.integer();
  if (!number) return number.error();
  out = *number;
  return {};
}

Result<void> read_value(wire::JsonCursor& value, UnknownFields unknown, std::int32_t& out) {
  std::int64_t wide = 0;
  EVALSCALER_TRY(read_value(value, unknown, wide));
  if (wide < std::numeric_limits<std::int32_t>::min() ||
      wide > std::numeric_limits<std::int32_t>::max()) {
    return value.error(std::to_string(wide) + " is out of range");
  }
  out = static_cast<std::int32_t>(wide);
  return {};
}

Result<void> read_value(wire::JsonCursor& value, UnknownFields unknown, std::chrono::seconds& out) {
  std::int32_t count = 0;
  EVALSCALER_TRY(read_value(value, unknown, count));
  out = std::chrono::seconds(count);
  return {};
}

Result<void> read_value(wire::JsonCursor& value, UnknownFields /*unknown*/, Quantity& out) {
  const auto text = quantity_text(value);
  if (!text) return text.error();
  const auto quantity = parse_quantity(*text);
  if (!quantity) return value.error(quantity.error().message);
  out = *quantity;
  return {};
}

Result<void> read_value(wire::JsonCursor& value, UnknownFields unknown, double& out) {
  Quantity quantity;
  EVALSCALER_TRY(read_value(value, unknown, quantity));
  out = quantity.value;
  return {};
}

Result<void> read_value(wire::JsonCursor& value, UnknownFields /*unknown*/, WallTime& out) {
  const auto text = value.text();
  if (!text) return text.error();
  const auto time = parse_time(*text);
  if (!time) return value.error(time.error().message);
  out = *time;
  return {};
}

Error unknown_text(const wire::JsonCursor& value, std::string_view text,
                   std::span<const std::string_view> known) {
  const std::vector<std::string> choices(known.begin(), known.end());
  return value.error("'" + one_line(text, 64) + "' is not one of " + join(choices, ", "));
}

Error unknown_field(const wire::JsonCursor& value, const std::vector<std::string>& known) {
  return value.error("unknown field; known here: " + join(known, ", "));
}

}  // namespace evalscaler::api
