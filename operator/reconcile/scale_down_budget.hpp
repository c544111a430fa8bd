// SPDX-License-Identifier: Apache-2.0
// ScaleDownBudget: how many scale-downs the whole operator may make within a minute.
//
// Whatever is wrong with the readings of many services at once (a Prometheus that lost half of
// its series, a bad catalogue), it then takes capacity away slowly enough to be noticed.
// Scale-ups have no budget. Thread-safe.
#pragma once

#include <cstddef>
#include <deque>
#include <string>

#include "core/clock.hpp"
#include "core/guarded.hpp"
#include "scaling/decision.hpp"

namespace evalscaler::reconcile {

class ScaleDownBudget {
 public:
  // `per_minute` 0: no limit.
  explicit ScaleDownBudget(std::size_t per_minute) : per_minute_(per_minute) {}

  // Whether one more may be made now; if so it counts, whatever becomes of it.
  bool take(SteadyTime now);

  // The decision to go down, held because the budget is used up.
  scaling::Decision refused(scaling::Decision decision, const api::Tier& tier) const;

 private:
  const std::size_t per_minute_;
  Guarded<std::deque<SteadyTime>> taken_;  // within the last minute, oldest first
};

}  // namespace evalscaler::reconcile
