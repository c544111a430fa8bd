// SPDX-License-Identifier: Apache-2.0
#include "kube/revision.hpp"

namespace evalscaler::kube {

bool is_revision(std::string_view text) {
  return !text.empty() && text.front() != '0' &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<std::strong_ordering> compare_revisions(std::string_view a, std::string_view b) {
  if (!is_revision(a) || !is_revision(b)) return std::nullopt;
  return a.size() != b.size() ? a.size() <=> b.size() : a <=> b;
}

}  // namespace evalscaler::kube
