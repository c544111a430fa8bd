// SPDX-License-Identifier: Apache-2.0
#include "checks/nice_number.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "core/quantity.hpp"

namespace evalscaler::checks {
namespace {

// 10^n with which `value` has three digits in front of the point.
double scale_of(double value) {
  constexpr double kDigits = 2;
  return value == 0 ? 1 : std::pow(10, kDigits - std::floor(std::log10(std::abs(value))));
}

// What was not a decimal before becomes the nearest one again.
double decimal(double scaled, double scale) {
  constexpr int kPrecision = 6;
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), scaled / scale,
                                 std::chars_format::general, kPrecision);
  double value = 0;
  std::from_chars(buffer.data(), end.ptr, value);
  return value;
}

// 45.99999999 that should be 46 counts as 46.
constexpr double kRounding = 1e-9;

}  // namespace

double nice_below(double limit) {
  const double scale = scale_of(limit);
  return decimal(std::floor(limit * scale * (1 + kRounding)), scale);
}

double nice_strictly_below(double limit) {
  const double scale = scale_of(limit);
  return decimal(std::ceil(limit * scale * (1 - kRounding)) - 1, scale);
}

double nice_above(double limit) {
  const double scale = scale_of(limit);
  return decimal(std::ceil(limit * scale * (1 - kRounding)), scale);
}

double nice_strictly_above(double limit) {
  const double scale = scale_of(limit);
  return decimal(std::floor(limit * scale * (1 + kRounding)) + 1, scale);
}

std::string quoted(const std::string& name, double value) {
  return name + ": \"" + number_text(value) + "\"";
}

}  // namespace evalscaler::checks
