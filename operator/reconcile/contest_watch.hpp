// SPDX-License-Identifier: Apache-2.0
// ContestWatch: notices that somebody else sets the replicas of our target. Pure.
//
// One foreign write is its author's right: the new number is taken as it is and starts the
// cooldown of its direction. Who undoes changes of ours again and again is not fought: after
// three reversals within an hour the tier stands back, until its spec changes or an hour has
// passed.
#pragma once

#include <optional>
#include <string>

#include "api/service_status.hpp"
#include "api/target_observation.hpp"
#include "core/clock.hpp"
#include "scaling/decision.hpp"
#include "scaling/inputs.hpp"

namespace evalscaler::reconcile {

struct ForeignWrite {
  api::Replicas from = 0;
  api::Replicas to = 0;
  std::string manager;  // empty: not known

  scaling::Direction direction() const {
    return to > from ? scaling::Direction::Up : scaling::Direction::Down;
  }
};

// `known`: the replicas that we saw or set last. Empty if they are still there, or if the change
// was ours.
std::optional<ForeignWrite> foreign_write(std::optional<api::Replicas> known,
                                          const api::TargetObservation& target);

// The cooldowns that a foreign write starts when it is noticed.
scaling::History cooldown_after(const ForeignWrite& write, WallTime now);

// `newest`: the newest applied decision about the tier, or null; a write that goes back from what
// it led to is a reversal. A decision is undone once: what its author does to the number after
// that is no more reversals. While the tier stands back nothing is counted.
std::optional<api::Contest> contest_after(std::optional<api::Contest> known,
                                          const std::optional<ForeignWrite>& write,
                                          const api::DecisionRecord* newest, WallTime now);

}  // namespace evalscaler::reconcile
