// SPDX-License-Identifier: Apache-2.0
#include "workload/number_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace evalscaler::workload {
namespace {

// The number only if all of the text is one.
template <typename T>
std::optional<T> whole_text_as(std::string_view text) {
  T number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || text.empty()) return std::nullopt;
  return number;
}

std::string quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

}  // namespace

Result<std::int64_t> parse_whole_number(std::string_view text, std::int64_t least,
                                        std::int64_t most) {
  const auto number = whole_text_as<std::int64_t>(text);
  if (!number || *number < least || *number > most) {
    return fail(ErrorKind::Invalid, quoted(text) + " is not a whole number from " +
                                        std::to_string(least) + " to " + std::to_string(most));
  }
  return *number;
}

Result<double> parse_decimal(std::string_view text, double least, double most) {
  const auto number = whole_text_as<double>(text);
  if (!number || !std::isfinite(*number) || *number < least || *number > most) {
    return fail(ErrorKind::Invalid,
                quoted(text) + " is not a number from " + to_text(least) + " to " + to_text(most));
  }
  return *number;
}

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  static constexpr double kLongestSeconds = 1000.0 * 3600.0;
  static constexpr std::array<std::pair<std::string_view, double>, 5> kUnits = {{
      {"ms", 1e-3},  // before "s", which it ends with
      {"s", 1.0},
      {"m", 60.0},
      {"h", 3600.0},
      {"", 1.0},
  }};
  for (const auto& [suffix, seconds] : kUnits) {
    if (!text.ends_with(suffix)) continue;
    const auto number = whole_text_as<double>(text.substr(0, text.size() - suffix.size()));
    if (!number || !std::isfinite(*number) || *number < 0) break;
    if (*number * seconds > kLongestSeconds) break;
    return std::chrono::nanoseconds(std::llround(*number * seconds * 1e9));
  }
  return fail(ErrorKind::Invalid, quoted(text) + " is not a duration such as 500ms, 30s, 2m or 1h");
}

std::string to_text(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "+Inf" : "-Inf";
  std::array<char, 32> buffer{};
  // Left to itself to_chars writes 1e+05 for 100000.
  const double size = std::abs(number);
  const bool plain = size == 0.0 || (size >= 1e-4 && size < 1e15);
  const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, format);
  return {buffer.data(), result.ptr};
}

}  // namespace evalscaler::workload
