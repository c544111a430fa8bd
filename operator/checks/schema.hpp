// SPDX-License-Identifier: Apache-2.0
// What the API server would refuse, as findings. Pure.
#pragma once

#include "api/evaluation_service.hpp"
#include "checks/report.hpp"

namespace evalscaler::checks {

void check_schema(const api::ServiceSpec& spec, Report& out);

}  // namespace evalscaler::checks
