// SPDX-License-Identifier: Apache-2.0
// Everything that is checked of an EvaluationService, in one table. Pure.
#pragma once

#include <string>

#include "checks/report.hpp"
#include "checks/subject.hpp"

namespace evalscaler::checks {

// A tier that the schema refuses is not looked at further: its numbers mean nothing yet.
Report check_service(const api::ServiceSpec& spec, const Settings& settings);

// The report of a file that no spec could be read from; `message` begins with its path.
Report unreadable_service(const std::string& message);

}  // namespace evalscaler::checks
