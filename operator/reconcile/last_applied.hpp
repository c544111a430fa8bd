// SPDX-License-Identifier: Apache-2.0
// The last applied scale of a tier, from all that remembers it. Pure.
//
// Status and this process remember when and in which direction. A crash between the write to
// the target and the status write leaves only the target itself: such a write must neither
// double a step nor lose its cooldown. It is known by managedFields, which
// say who wrote the replicas, and
//   when: their time, where there is one. Writes through /scale carry none (Kubernetes 1.36),
//     and none are tracked once the replicas have been 0. Then, at the first look of a process,
//     replicas that status does not know and that nobody else is known to have written count as
//     written just now: too late rather than too early. So do, at a later look, replicas that
//     are not those it saw or set last and that we are known to have written: a request that
//     was given up can be executed all the same, and so can one of a process before this one.
//   which way: from the replicas that were seen before; where they are the same, that of the
//     newest applied decision, if it led to them; else both, so that its cooldown holds whatever
//     it was.
#pragma once

#include <optional>

#include "api/service_status.hpp"
#include "api/target_observation.hpp"
#include "core/clock.hpp"
#include "scaling/inputs.hpp"

namespace evalscaler::reconcile {

struct LastApplied {
  scaling::History deciding;   // what cooldowns count from
  scaling::History recording;  // what status should say
  // A scale of ours that nothing remembers, for the rate limits of `behavior`. As far as it can
  // be known: several in one gap count as one.
  std::optional<api::ScaleEvent> untold;
};

// The later of the two, per direction.
scaling::History later_of(const scaling::History& left, const scaling::History& right);

struct Remembered {
  scaling::History known;                        // of status and of this process
  std::optional<api::Replicas> status_replicas;  // `current` of the tier in status
  const api::DecisionRecord* newest = nullptr;   // newest applied decision about the tier
  std::optional<api::Replicas> last_seen;        // or set, by this process; empty at its first look
  WallTime now;
};

LastApplied last_applied(const Remembered& remembered, const api::TargetObservation& target);

}  // namespace evalscaler::reconcile
