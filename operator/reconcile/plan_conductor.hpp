// SPDX-License-Identifier: Apache-2.0
// PlanConductor: carries the plan of a data tier on by one turn per visit.
//
// A plan is begun by a decision, and goes on by itself: its journal is brought to status first,
// what rests on it happens at a later visit. Meanwhile decisions in its direction are held
// (PlanInMotion) and one against it stops it; so do pausing, DryRun and the deletion of the
// service. While a plan runs a finalizer keeps the service from vanishing with its journal.
// Thread-safe for different keys.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <semaphore>
#include <stop_token>
#include <utility>

#include "core/result.hpp"
#include "kube/kube_api.hpp"
#include "reconcile/service_visit.hpp"
#include "reconcile/visit_memory.hpp"
#include "telemetry/metrics.hpp"

namespace evalscaler::reconcile {

inline constexpr const char* kPlanFinalizer = "evalscaler.io/plan";

class PlanConductor {
 public:
  // `api` and `metrics` must outlive it; `wall` and `steady` may be empty. At most
  // `turns_at_once` turns are taken at the same time, so that plans leave workers to everyone
  // else; a plan that finds no room asks again soon.
  PlanConductor(kube::KubeApi& api, telemetry::Metrics& metrics, std::function<WallTime()> wall,
                std::function<SteadyTime()> steady, std::ptrdiff_t turns_at_once)
      : api_(api),
        metrics_(metrics),
        wall_(std::move(wall)),
        steady_(std::move(steady)),
        places_(std::max<std::ptrdiff_t>(turns_at_once, 1)) {}

  // Of a tier whose target is changed by plans and has been seen. May hold the tier's decision
  // back; if it does not, memory.plan.shown leads to it.
  Result<void> conduct(TierVisit& tier, const ServiceVisit& visit, TierMemory& memory,
                       const std::stop_token& stop);

  // Lets the service go again; call it when no plan of it runs any more.
  Result<void> release(const ServiceObject& service, const std::stop_token& stop);

 private:
  void take_turn(TierVisit& tier, const ServiceVisit& visit, TierMemory& memory,
                 const std::stop_token& stop);
  void begin(TierVisit& tier, const ServiceVisit& visit, TierMemory& memory,
             const std::stop_token& stop);
  void end(TierVisit& tier, const ServiceVisit& visit, TierMemory& memory);
  Result<void> keep(const ServiceObject& service, const std::stop_token& stop);
  Result<void> set_finalizers(const ServiceObject& service, const std::vector<std::string>& names,
                              const std::stop_token& stop);

  void count(const TierVisit& tier, const api::PlanProgress& before,
             const api::PlanProgress& after);

  kube::KubeApi& api_;
  telemetry::Metrics& metrics_;
  std::function<WallTime()> wall_;
  std::function<SteadyTime()> steady_;
  std::counting_semaphore<> places_;
};

}  // namespace evalscaler::reconcile
