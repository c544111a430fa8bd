// SPDX-License-Identifier: Apache-2.0
// The checks: each looks at one tier for one kind of fault, one file each, and adds what it
// finds. Pure.
#pragma once

#include "checks/report.hpp"
#include "checks/subject.hpp"

namespace evalscaler::checks {

void check_flapping(const TierSubject& tier, Report& out);
void check_triggers(const TierSubject& tier, Report& out);
void check_names(const TierSubject& tier, Report& out);
void check_amounts(const TierSubject& tier, Report& out);
void check_directions(const TierSubject& tier, Report& out);
void check_bounds(const TierSubject& tier, Report& out);
void check_cooldowns(const TierSubject& tier, Report& out);
void check_queries(const TierSubject& tier, Report& out);
// Facts only: how long it takes from end to end, how many votes a scale-down needs.
void tell_travel_times(const TierSubject& tier, Report& out);

}  // namespace evalscaler::checks
