// SPDX-License-Identifier: Apache-2.0
#include "reconcile/scale_down_budget.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "reconcile/held_decision.hpp"
#include "scaling/reasons.hpp"

namespace evalscaler::reconcile {
namespace {

constexpr std::chrono::minutes kWindow{1};

}  // namespace

bool ScaleDownBudget::take(SteadyTime now) {
  if (per_minute_ == 0) return true;
  return taken_.with([&](std::deque<SteadyTime>& taken) {
    while (!taken.empty() && now - taken.front() >= kWindow) taken.pop_front();
    if (taken.size() >= per_minute_) return false;
    // Visits of several workers do not end in the order in which they began.
    taken.insert(std::upper_bound(taken.begin(), taken.end(), now), now);
    return true;
  });
}

scaling::Decision ScaleDownBudget::refused(scaling::Decision decision,
                                           const api::Tier& tier) const {
  const std::string message =
      "going to " + std::to_string(decision.to) + " waits: this operator made " +
      std::to_string(per_minute_) +
      " scale-downs within the last minute (--max-scale-downs-per-minute); the next evaluation "
      "tries again";
  return held_back(std::move(decision), tier, "budget", scaling::reasons::kScaleDownBudget,
                   message);
}

}  // namespace evalscaler::reconcile
