// SPDX-License-Identifier: Apache-2.0
#include "kube/revision.hpp"

namespace evalscaler::kube {
namespace {

bool well_formed(std::string_view revision) {
  return !revision.empty() && revision.front() != '0' &&
         revision.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::optional<std::strong_ordering> compare_revisions(std::string_view a, std::string_view b) {
  if (!well_formed(a) || !well_formed(b)) return std::nullopt;
  return a.size() != b.size() ? a.size() <=> b.size() : a <=> b;
}

}  // namespace evalscaler::kube
