// SPDX-License-Identifier: Apache-2.0
#include "kube/base64.hpp"

#include <cstdint>

namespace evalscaler::kube {

std::optional<std::string> base64_decoded(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::uint32_t group = 0;
  unsigned digits = 0;
  unsigned padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    const std::size_t digit = c == '=' ? 0 : kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    if (c == '=') {
      ++padding;
    } else if (padding > 0) {
      return std::nullopt;
    }
    group = (group << 6U) | static_cast<std::uint32_t>(digit);
    if (++digits % 4 != 0) continue;
    out += static_cast<char>(group >> 16U & 0xFFU);
    out += static_cast<char>(group >> 8U & 0xFFU);
    out += static_cast<char>(group & 0xFFU);
    group = 0;
  }
  if (digits % 4 != 0 || padding > 2) return std::nullopt;
  out.resize(out.size() - padding);
  return out;
}

}  // namespace evalscaler::kube
