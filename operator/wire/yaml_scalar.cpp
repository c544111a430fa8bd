// SPDX-License-Identifier: Apache-2.0
#include "wire/yaml_scalar.hpp"

#include <cstddef>
#include <optional>

namespace evalscaler::wire {
namespace {

std::size_t digits(std::string_view text) {
  const std::size_t end = text.find_first_not_of("0123456789");
  return end == std::string_view::npos ? text.size() : end;
}

// RFC 8259's number: narrower than YAML's, so that the text can be copied as it is.
bool is_json_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t whole = digits(text);
  if (whole == 0 || (whole > 1 && text.front() == '0')) return false;
  text.remove_prefix(whole);
  if (text.starts_with('.')) {
    const std::size_t fraction = digits(text.substr(1));
    if (fraction == 0) return false;
    text.remove_prefix(1 + fraction);
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    const std::size_t exponent = digits(text);
    if (exponent == 0) return false;
    text.remove_prefix(exponent);
  }
  return text.empty();
}

std::optional<bool> core_boolean(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return std::nullopt;
}

}  // namespace

ScalarKind scalar_kind(std::string_view tag, std::string_view text) {
  const auto boolean = core_boolean(text);
  const ScalarKind as_boolean = boolean.value_or(false) ? ScalarKind::True : ScalarKind::False;
  const bool number = is_json_number(text);
  if (tag == "?") {
    if (boolean) return as_boolean;
    return number ? ScalarKind::Number : ScalarKind::Text;
  }
  if (tag == "!" || tag.empty()) return ScalarKind::Text;
  if (!tag.starts_with(kCoreTag)) return ScalarKind::UnknownTag;
  const std::string_view name = tag.substr(kCoreTag.size());
  const bool whole = number && text.find_first_of(".eE") == std::string_view::npos;
  if (name == "str") return ScalarKind::Text;
  if (name == "bool") return boolean ? as_boolean : ScalarKind::NotAsTagged;
  if (name == "int") return whole ? ScalarKind::Number : ScalarKind::NotAsTagged;
  if (name == "float") return number ? ScalarKind::Number : ScalarKind::NotAsTagged;
  if (name != "null") return ScalarKind::UnknownTag;
  const bool null = text.empty() || text == "~" || text == "null";
  return null ? ScalarKind::Null : ScalarKind::NotAsTagged;
}

}  // namespace evalscaler::wire
