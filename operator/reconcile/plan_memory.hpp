// SPDX-License-Identifier: Apache-2.0
// PlanMemory: what one visit to a data tier's plan remembers for the next one, in this process
// only; the plan itself is in status.
#pragma once

#include <optional>
#include <string>

#include "api/plan_status.hpp"
#include "core/clock.hpp"
#include "targets/planned_target.hpp"

namespace evalscaler::reconcile {

struct PlanMemory {
  bool knows_status = false;
  std::optional<api::PlanStatus> shown;  // what status shall say; none: no plan
  std::string journal_in_status;         // when last looked at
  SteadyTime next_turn;
  // What the last decision wants of the plan that runs.
  targets::PlanIntent intent = targets::PlanIntent::GoOn;

  bool runs() const { return shown && !shown->journal.empty(); }
};

}  // namespace evalscaler::reconcile
