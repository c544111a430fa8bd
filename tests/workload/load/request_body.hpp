// SPDX-License-Identifier: Apache-2.0
// Request body: the JSON sent to POST /evaluate. Variants differ in ids and texts, so that
// scores do; the same variant is always the same bytes. Pure.
#pragma once

#include <cstddef>
#include <string>

#include "workload/load/load_options.hpp"

namespace evalscaler::workload {

[[nodiscard]] std::string make_request_body(const RequestShape& shape, std::size_t variant);

}  // namespace evalscaler::workload
