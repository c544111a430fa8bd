// SPDX-License-Identifier: Apache-2.0
#include "targets/redis_cluster/plan_pace.hpp"

#include <utility>

#include "targets/redis_cluster/plan_text.hpp"

namespace evalscaler::targets {

std::chrono::milliseconds PlanPace::waited(const ObjectKey& key, const api::PlanStatus& plan,
                                           const redis::Refusal& why, SteadyTime now) {
  const std::string what = std::string(redis::to_text(why.reason)) + why.node;
  return paces_.with([&](auto& paces) {
    Pace& pace = paces[key];
    if (pace.plan_id != plan.id || pace.waits_for != what) {
      pace.plan_id = plan.id;
      pace.waits_for = what;
      pace.waits_since = now;
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(now - pace.waits_since);
  });
}

void PlanPace::acted(const ObjectKey& key) {
  paces_.with([&](auto& paces) { paces[key].waits_for.clear(); });
}

// Over at least five seconds, so that one slow batch is no trend.
void PlanPace::measure_rate(const ObjectKey& key, api::PlanStatus& plan, SteadyTime now) {
  constexpr std::chrono::seconds kSpan{5};
  paces_.with([&](auto& paces) {
    Pace& pace = paces[key];
    api::PlanProgress& progress = plan.progress;
    // From when the first slot of a row moves: what came before is not part of its rate.
    if (!pace.measured || progress.slots_moved <= pace.slots_moved) {
      pace.measured = now;
      pace.slots_moved = progress.slots_moved;
      return;
    }
    const auto span = std::chrono::duration_cast<std::chrono::seconds>(now - *pace.measured);
    if (span < kSpan) return;
    progress.slots_per_second = (progress.slots_moved - pace.slots_moved) / span.count();
    pace.measured = now;
    pace.slots_moved = progress.slots_moved;
  });
  set_eta(plan.progress);
}

std::map<std::string, std::int64_t> PlanPace::evictions_before(const ObjectKey& key,
                                                               const redis::ClusterView& view) {
  return paces_.with(
      [&](auto& paces) { return std::exchange(paces[key].evicted, evictions(view)); });
}

void PlanPace::forget(const ObjectKey& key) {
  paces_.with([&](auto& paces) { paces.erase(key); });
}

}  // namespace evalscaler::targets
