// SPDX-License-Identifier: Apache-2.0
// The list of conditions in a status, keyed by type.
//
// Rules: Kubernetes' API conventions, "Typical status properties".
#pragma once

#include <string_view>
#include <vector>

#include "api/service_status.hpp"
#include "core/clock.hpp"

namespace evalscaler::api {

// Null if there is none of this type; valid until the list changes.
const Condition* find_condition(const std::vector<Condition>& conditions, std::string_view type);

// Replaces the condition of the same type, or adds one at the end. wanted.last_transition is
// not used: the old one stays unless `status` changes, then it is `now` in whole seconds.
void set_condition(std::vector<Condition>& conditions, Condition wanted, WallTime now);

void remove_condition(std::vector<Condition>& conditions, std::string_view type);

}  // namespace evalscaler::api
