// SPDX-License-Identifier: Apache-2.0
#include "core/quantity.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <utility>

#include "core/text.hpp"

namespace evalscaler {
namespace {

struct Suffix {
  std::string_view text;
  double factor;
};
constexpr double kKi = 1024;
constexpr std::array<Suffix, 15> kSuffixes{{{"n", 1e-9},
                                            {"u", 1e-6},
                                            {"m", 1e-3},
                                            {"", 1},
                                            {"k", 1e3},
                                            {"M", 1e6},
                                            {"G", 1e9},
                                            {"T", 1e12},
                                            {"P", 1e15},
                                            {"E", 1e18},
                                            {"Ki", kKi},
                                            {"Mi", kKi* kKi},
                                            {"Gi", kKi* kKi* kKi},
                                            {"Ti", kKi* kKi* kKi* kKi},
                                            {"Pi", kKi* kKi* kKi* kKi* kKi}}};

bool digit(char c) {
  return c >= '0' && c <= '9';
}

Error bad(std::string_view text) {
  return fail(ErrorKind::Invalid, "'" + one_line(text, 64) +
                                      "' is not a quantity (write a number such as 70, 0.7, "
                                      "100m or 1Gi)");
}

}  // namespace

Result<Quantity> parse_quantity(std::string_view text) {
  std::string_view rest = text;
  const bool plus = rest.starts_with('+');
  if (plus) rest.remove_prefix(1);
  // from_chars also takes "inf" and "nan": insist on a digit or a point after the one sign.
  const std::size_t first = !plus && rest.starts_with('-') ? 1 : 0;
  if (first >= rest.size() || (!digit(rest[first]) && rest[first] != '.')) return bad(text);
  double number = 0;
  const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (problem != std::errc{}) return bad(text);
  const std::string_view suffix(end, static_cast<std::size_t>(rest.data() + rest.size() - end));
  for (const Suffix& known : kSuffixes) {
    if (suffix != known.text) continue;
    const double value = number * known.factor;
    if (!std::isfinite(value)) return bad(text);
    return Quantity{value};
  }
  return bad(text);
}

std::string number_text(double value) {
  std::array<char, 32> buffer{};
  const bool whole = value == std::trunc(value) && std::abs(value) < 1e15;
  const auto end = whole ? std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                         static_cast<std::int64_t>(value))
                         : std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end.ptr};
}

std::string short_number(double value) {
  if (!std::isfinite(value)) return std::isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  if (value == 0 || std::abs(value) >= 1000) return number_text(std::round(value));
  const double scale = std::pow(10, 3 - std::floor(std::log10(std::abs(value))));
  if (!std::isfinite(scale)) return number_text(value);
  return number_text(std::round(value * scale) / scale);
}

}  // namespace evalscaler
