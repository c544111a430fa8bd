// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648 section 4), as the *-data fields of a kubeconfig hold it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace evalscaler::kube {

// Line breaks are skipped, as Go does; anything else outside the alphabet, or missing
// padding, is refused.
std::optional<std::string> base64_decoded(std::string_view text);

}  // namespace evalscaler::kube
