// SPDX-License-Identifier: Apache-2.0
// Order of two resourceVersions of the same resource (R23, KEP-5504): decimal numbers without
// leading zeros that may exceed 64 bits, so the longer one is newer, then the larger text.
#pragma once

#include <algorithm>
#include <compare>
#include <optional>
#include <string_view>

namespace evalscaler::kube {

// Empty if one of them is not such a number: then nothing may be concluded.
inline std::optional<std::strong_ordering> compare_resource_versions(std::string_view left,
                                                                     std::string_view right) {
  const auto is_revision = [](std::string_view text) {
    return !text.empty() && text.front() != '0' &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (!is_revision(left) || !is_revision(right)) return std::nullopt;
  if (left.size() != right.size()) return left.size() <=> right.size();
  return left <=> right;
}

}  // namespace evalscaler::kube
