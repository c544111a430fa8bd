// SPDX-License-Identifier: Apache-2.0
// Units: a target counts pods, its tier counts in units that may be several pods each.
#pragma once

#include "api/evaluation_service.hpp"
#include "api/plan_status.hpp"
#include "api/target_observation.hpp"
#include "core/result.hpp"

namespace evalscaler::targets {

// Of a tier's unit; 1 unless its target's block says otherwise.
api::Replicas pods_per_unit(const api::Tier& tier);

// `pods` in the tier's unit. While a plan runs its goal counts as asked for. Invalid, naming the
// numbers, if the pods are no whole number of units and no plan accounts for that.
Result<api::TargetObservation> in_units(const api::Tier& tier, const api::PlanStatus* plan,
                                        api::TargetObservation pods);

}  // namespace evalscaler::targets
