// SPDX-License-Identifier: Apache-2.0
#include "wire/http.hpp"

#include <algorithm>
#include <charconv>

#include "core/text.hpp"

namespace evalscaler::wire {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string_view to_text(Method method) {
  switch (method) {
    case Method::Get:
      return "GET";
    case Method::Post:
      return "POST";
    case Method::Put:
      return "PUT";
    case Method::Patch:
      return "PATCH";
    case Method::Delete:
      return "DELETE";
  }
  return "GET";
}

std::optional<std::string_view> HttpResponse::header(std::string_view name) const {
  for (const Header& entry : headers) {
    if (same_name(entry.first, name)) return entry.second;
  }
  return std::nullopt;
}

std::optional<std::chrono::seconds> HttpResponse::retry_after() const {
  const auto text = header("Retry-After");
  if (!text) return std::nullopt;
  const std::string_view digits = trim(*text);
  unsigned value = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (end != digits.data() + digits.size()) return std::nullopt;
  if (problem == std::errc::result_out_of_range) value = 3600U;
  if (problem == std::errc::invalid_argument) return std::nullopt;
  return std::chrono::seconds(std::min(value, 3600U));
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (const char c : text) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4U];
    out += kHex[byte & 0xFU];
  }
  return out;
}

}  // namespace evalscaler::wire
