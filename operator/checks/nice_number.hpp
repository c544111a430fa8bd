// SPDX-License-Identifier: Apache-2.0
// Nice numbers: limits as a person would write them, three significant digits, never past the
// limit. Pure.
#pragma once

#include <string>

namespace evalscaler::checks {

double nice_below(double limit);           // the largest one <= limit
double nice_strictly_below(double limit);  // the largest one < limit
double nice_above(double limit);           // the smallest one >= limit
double nice_strictly_above(double limit);  // the smallest one > limit

// name: "35", as it stands in a resource.
std::string quoted(const std::string& name, double value);

}  // namespace evalscaler::checks
