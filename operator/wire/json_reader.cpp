// SPDX-License-Identifier: Apache-2.0
#include "wire/json_reader.hpp"

#include <simdjson.h>

#include <new>
#include <type_traits>
#include <utility>

#include "core/text.hpp"

namespace evalscaler::wire {
namespace {

namespace ondemand = simdjson::ondemand;

static_assert(sizeof(ondemand::value) <= 32 && std::is_trivially_copyable_v<ondemand::value>);

ondemand::value& value_in(std::array<std::byte, 32>& storage) {
  return *std::launder(reinterpret_cast<ondemand::value*>(storage.data()));
}

std::string_view name(JsonType type) {
  switch (type) {
    case JsonType::Null:
      return "null";
    case JsonType::Boolean:
      return "a boolean";
    case JsonType::Number:
      return "a number";
    case JsonType::String:
      return "a string";
    case JsonType::Array:
      return "a list";
    case JsonType::Object:
      return "an object";
  }
  return "";
}

JsonType converted(ondemand::json_type type) {
  switch (type) {
    case ondemand::json_type::array:
      return JsonType::Array;
    case ondemand::json_type::object:
      return JsonType::Object;
    case ondemand::json_type::number:
      return JsonType::Number;
    case ondemand::json_type::string:
      return JsonType::String;
    case ondemand::json_type::boolean:
      return JsonType::Boolean;
    case ondemand::json_type::null:
      return JsonType::Null;
  }
  return JsonType::Null;
}

}  // namespace

Result<void> JsonCursor::fault(int code) const {
  if (code == simdjson::SUCCESS) return {};
  return error(std::string("not readable as JSON: ") +
               simdjson::error_message(static_cast<simdjson::error_code>(code)));
}

std::string JsonCursor::path() const {
  std::string out;
  for (const Step* step = step_; step != nullptr; step = step->parent) {
    std::string part =
        step->is_index ? "[" + std::to_string(step->index) + "]" : one_line(step->key, 128);
    const bool dot = !out.empty() && out.front() != '[';
    out = part + (dot ? "." : "") + out;
  }
  return out;
}

Error JsonCursor::error(std::string_view what) const {
  const std::string where = path();
  return fail(ErrorKind::Invalid,
              where.empty() ? std::string(what) : where + ": " + std::string(what));
}

Result<JsonType> JsonCursor::type() {
  ondemand::json_type found{};
  const auto code = document_ != nullptr
                        ? static_cast<ondemand::document*>(document_)->type().get(found)
                        : value_in(value_).type().get(found);
  if (code != simdjson::SUCCESS) return fault(code).error();
  return converted(found);
}

Result<void> JsonCursor::members_of(void* object, MemberCallback each) {
  for (auto entry : *static_cast<ondemand::object*>(object)) {
    ondemand::field field;
    if (const auto code = std::move(entry).get(field)) return fault(code);
    std::string_view key;
    if (const auto code = field.unescaped_key().get(key)) return fault(code);
    const Step step{step_, key, 0, false};
    JsonCursor child;
    child.step_ = &step;
    new (child.value_.data()) ondemand::value(field.value());
    EVALSCALER_TRY(each(key, child));
  }
  return {};
}

Result<void> JsonCursor::items_of(void* array, ItemCallback each) {
  std::size_t index = 0;
  for (auto entry : *static_cast<ondemand::array*>(array)) {
    ondemand::value item;
    // NOLINTNEXTLINE(performance-move-const-arg): get() is for results that are given up
    if (const auto code = std::move(entry).get(item)) return fault(code);
    const Step step{step_, {}, index, true};
    JsonCursor child;
    child.step_ = &step;
    new (child.value_.data()) ondemand::value(item);
    EVALSCALER_TRY(each(index, child));
    ++index;
  }
  return {};
}

Result<void> JsonCursor::members(MemberCallback each) {
  const auto found = type();
  if (!found) return found.error();
  if (*found == JsonType::Null) return {};
  if (*found != JsonType::Object) {
    return error("must be an object, not " + std::string(name(*found)));
  }
  ondemand::object object;
  const auto code = document_ != nullptr
                        ? static_cast<ondemand::document*>(document_)->get_object().get(object)
                        : value_in(value_).get_object().get(object);
  if (code != simdjson::SUCCESS) return fault(code);
  return members_of(&object, each);
}

Result<void> JsonCursor::items(ItemCallback each) {
  const auto found = type();
  if (!found) return found.error();
  if (*found == JsonType::Null) return {};
  if (*found != JsonType::Array) {
    return error("must be a list, not " + std::string(name(*found)));
  }
  ondemand::array array;
  const auto code = document_ != nullptr
                        ? static_cast<ondemand::document*>(document_)->get_array().get(array)
                        : value_in(value_).get_array().get(array);
  if (code != simdjson::SUCCESS) return fault(code);
  return items_of(&array, each);
}

Result<std::string_view> JsonCursor::text_view() {
  std::string_view text;
  if (document_ != nullptr || value_in(value_).get_string().get(text) != simdjson::SUCCESS) {
    return error("must be a string");
  }
  return text;
}

Result<std::string> JsonCursor::text() {
  return text_view().transform([](std::string_view view) { return std::string(view); });
}

Result<std::int64_t> JsonCursor::integer() {
  std::int64_t number = 0;
  if (document_ != nullptr || value_in(value_).get_int64().get(number) != simdjson::SUCCESS) {
    return error("must be a whole number");
  }
  return number;
}

Result<double> JsonCursor::number() {
  double number = 0;
  if (document_ != nullptr || value_in(value_).get_double().get(number) != simdjson::SUCCESS) {
    return error("must be a number");
  }
  return number;
}

Result<bool> JsonCursor::boolean() {
  bool flag = false;
  if (document_ != nullptr || value_in(value_).get_bool().get(flag) != simdjson::SUCCESS) {
    return error("must be true or false");
  }
  return flag;
}

Result<std::string> JsonCursor::text_or_number() {
  const auto found = type();
  if (!found) return found.error();
  if (*found == JsonType::String) return text();
  if (*found != JsonType::Number || document_ != nullptr)
    return error("must be a number or a string");
  return std::string(trim(value_in(value_).raw_json_token()));
}

Result<std::string> JsonCursor::raw() {
  if (document_ != nullptr) return error("the root has no raw text of its own");
  std::string_view json;
  if (const auto code = simdjson::to_json_string(value_in(value_)).get(json)) {
    return fault(code).error();
  }
  return std::string(trim(json));
}

struct JsonReader::State {
  ondemand::parser parser;
};

JsonReader::JsonReader() : state_(std::make_unique<State>()) {}
JsonReader::~JsonReader() = default;
JsonReader::JsonReader(JsonReader&&) noexcept = default;
JsonReader& JsonReader::operator=(JsonReader&&) noexcept = default;

Result<void> JsonReader::read(std::string& json, FunctionRef<Result<void>(JsonCursor& root)> use) {
  json.reserve(json.size() + simdjson::SIMDJSON_PADDING);
  ondemand::document document;
  JsonCursor root;
  root.document_ = &document;
  const auto code = state_->parser.iterate(json.data(), json.size(), json.capacity()).get(document);
  if (code != simdjson::SUCCESS) return root.fault(code);
  EVALSCALER_TRY(use(root));
  // At the end of a fully read document there is no location left to name.
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    return root.error("not one complete JSON object");
  }
  return {};
}

Result<void> JsonReader::read_copy(std::string_view json,
                                   FunctionRef<Result<void>(JsonCursor& root)> use) {
  std::string copy;
  copy.reserve(json.size() + simdjson::SIMDJSON_PADDING);
  copy.assign(json);
  return read(copy, use);
}

}  // namespace evalscaler::wire
