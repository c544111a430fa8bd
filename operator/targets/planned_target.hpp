// SPDX-License-Identifier: Apache-2.0
// PlannedTarget: a target that is not changed by one write but by a plan of many bounded turns.
//
// What a turn rests on stands in the plan's journal, and the journal in status, before the turn
// has any effect: whoever finds the status can go on. A turn takes about a second at most.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

#include "api/evaluation_service.hpp"
#include "api/plan_preview.hpp"
#include "api/plan_status.hpp"
#include "core/clock.hpp"
#include "targets/scale_target.hpp"

namespace evalscaler::targets {

enum class PlanIntent {
  GoOn,
  Stop,  // finish what is half done and end; what is there then is whole
};

struct PlanRequest {
  ObjectKey key;
  const api::Tier* tier = nullptr;  // never null
  WallTime now;
};

struct PlanTurn {
  // To be brought to status; none: the plan is over. A plan without a journal has not begun: it
  // only says why it cannot.
  std::optional<api::PlanStatus> plan;
  std::chrono::milliseconds next{0};  // when the next turn is worth taking
};

class PlannedTarget : public ScaleTarget {
 public:
  // The first plan on the way to `wanted`, or why there is none. Changes nothing.
  virtual Result<PlanTurn> begin(const PlanRequest& request, Replicas wanted, std::string plan_id,
                                 const std::stop_token& stop) = 0;
  // Goes on with the plan that status holds. Either the journal of the result differs from the
  // written one, and then nothing else was done; or one action was carried out.
  virtual Result<PlanTurn> take_turn(const PlanRequest& request, const api::PlanStatus& written,
                                     PlanIntent intent, const std::stop_token& stop) = 0;

  // What begin() would begin, and with what sizes. Changes nothing.
  virtual Result<api::PlanPreview> preview(const PlanRequest& request, Replicas wanted,
                                           const std::stop_token& stop) = 0;

  PlannedTarget* planned() final { return this; }
};

}  // namespace evalscaler::targets
