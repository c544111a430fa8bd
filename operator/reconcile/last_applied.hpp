// SPDX-License-Identifier: Apache-2.0
// The last applied scale of a tier, from all that remembers it. Pure.
//
// Three memories: status, this process, and the time at which the target's managedFields say
// that we wrote its replicas. The last one survives a crash between the write and the status:
// such a write neither doubles a step nor loses its cooldown (scaling.md, Guards).
//
// managedFields tells when, not in which direction. That is taken from, in this order: the
// newest applied decision we remember, if it led to the replicas that are there now; the
// replicas that status last saw, compared with those that are there now; else the write
// counts as both an up and a down, so that its cooldown holds whatever it was.
#pragma once

#include <optional>

#include "api/service_status.hpp"
#include "api/target_observation.hpp"
#include "scaling/inputs.hpp"

namespace evalscaler::reconcile {

struct LastApplied {
  scaling::History deciding;   // what cooldowns count from
  scaling::History recording;  // what status should say
};

// The later of the two, per direction.
scaling::History later_of(const scaling::History& left, const scaling::History& right);

// `known`: of status and of this process. `status_replicas`: `current` of the tier in status,
// if there is one. `newest`: the newest applied decision about this tier, or null.
LastApplied last_applied(const scaling::History& known,
                         const std::optional<api::Replicas>& status_replicas,
                         const api::DecisionRecord* newest, const api::TargetObservation& target);

}  // namespace evalscaler::reconcile
