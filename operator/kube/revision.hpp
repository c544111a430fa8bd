// SPDX-License-Identifier: Apache-2.0
// Order of resource versions, within one resource only (R23).
//
// Decimal text without a leading zero, compared by length and then by text, since it may
// outgrow 64 bits. Authority: k8s.io/apimachinery pkg/util/resourceversion (KEP-5504).
#pragma once

#include <compare>
#include <optional>
#include <string_view>

namespace evalscaler::kube {

bool is_revision(std::string_view text);

// Nothing if either is not well-formed.
std::optional<std::strong_ordering> compare_revisions(std::string_view a, std::string_view b);

}  // namespace evalscaler::kube
