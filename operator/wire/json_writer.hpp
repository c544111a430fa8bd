// SPDX-License-Identifier: Apache-2.0
// JsonWriter: writes one JSON document into a string, in exactly the order it is called.
//
// Same calls, same bytes. Commas and escaping are its business; text that is not valid
// UTF-8 gets U+FFFD. Misnesting is a programming error (assert). Not thread-safe.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evalscaler::wire {

class JsonWriter {
 public:
  // `indent` = spaces per level; 0 writes one line.
  explicit JsonWriter(unsigned indent = 0) : indent_(indent) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(bool flag);
  JsonWriter& value(double number);  // must be finite; shortest form that reads back the same
  JsonWriter& value(std::integral auto number) requires(!std::same_as<decltype(number), bool>) {
    return integer(static_cast<std::int64_t>(number));
  }
  JsonWriter& null();
  JsonWriter& raw(std::string_view json);  // already valid JSON

  // key and value in one call; the optional forms write nothing when empty.
  template <typename T>
  JsonWriter& member(std::string_view name, const T& member_value) {
    return key(name).value(member_value);
  }
  template <typename T>
  JsonWriter& member(std::string_view name, const std::optional<T>& member_value) {
    return member_value ? key(name).value(*member_value) : *this;
  }
  JsonWriter& member_if_set(std::string_view name, std::string_view text) {
    return text.empty() ? *this : key(name).value(text);
  }

  const std::string& text() const& { return out_; }
  std::string text() && { return std::move(out_); }

 private:
  JsonWriter& integer(std::int64_t number);
  void before_value();
  void line_break();

  std::string out_;
  std::vector<bool> has_items_;  // one per open object or array
  bool after_key_ = false;
  unsigned indent_;
};

}  // namespace evalscaler::wire
