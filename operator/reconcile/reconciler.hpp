// SPDX-License-Identifier: Apache-2.0
// Reconciler: one visit to one service: observe -> decide -> act -> report.
//
// Observing asks caches and readings, not the network; deciding is pure; acting is at most one
// write per tier; reporting is at most one status write. Thread-safe for different keys; one
// key is only ever visited by one thread at a time (R21).
#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>

#include "api/evaluation_service.hpp"
#include "core/object_key.hpp"
#include "core/result.hpp"
#include "kube/event_recorder.hpp"
#include "kube/kube_api.hpp"
#include "kube/object_cache.hpp"
#include "prometheus/reading_source.hpp"
#include "reconcile/evaluator.hpp"
#include "reconcile/observer.hpp"
#include "reconcile/plan_conductor.hpp"
#include "reconcile/scale_down_budget.hpp"
#include "reconcile/service_object.hpp"
#include "reconcile/status_writer.hpp"
#include "reconcile/visit_memory.hpp"
#include "reconcile/visit_queue.hpp"
#include "telemetry/metrics.hpp"

namespace evalscaler::reconcile {

// Where a visit looks and what it acts on; all of it outlives the reconciler.
struct Surroundings {
  const kube::ObjectCache<ServiceObject>* services = nullptr;
  FindTarget find_target;
  prometheus::ReadingSource* readings = nullptr;
  kube::KubeApi* api = nullptr;
  kube::EventRecorder* events = nullptr;
  telemetry::Metrics* metrics = nullptr;
  api::Replicas max_replicas_limit = 1000;
  std::function<bool()> relieves;      // as for Evaluator
  std::function<WallTime()> wall;      // the time; without it writes are taken to need none
  std::function<SteadyTime()> steady;  // the same, to measure writes by; null: they are not
  PerService per_service_metrics = PerService::Left;
  std::string pause;                           // why nothing at all is acted on; empty: it is
  std::size_t max_scale_downs_per_minute = 0;  // 0: no limit
  std::ptrdiff_t plan_turns_at_once = 4;       // workers that data tiers may take up
  // Who else scales a tier's target, for people; null or empty: nobody.
  std::function<std::string(const ObjectKey& service, const api::Tier& tier)> other_autoscaler;
};

class Reconciler {
 public:
  explicit Reconciler(Surroundings with);

  // As reconcile::Visit.
  Result<NextVisit> visit(const ObjectKey& key, const Moment& now, const std::stop_token& stop);

  // For those who look at it between visits.
  VisitMemory& memory() { return memory_; }

 private:
  void decide(ServiceVisit& visit, ServiceMemory& memory);
  Result<void> act(ServiceVisit& visit, ServiceMemory& memory, const std::stop_token& stop);
  Result<NextVisit> report(const ServiceVisit& visit, ServiceMemory& memory,
                           const std::stop_token& stop);

  Result<void> confirm(const ServiceObject& service, ServiceMemory& memory,
                       const std::stop_token& stop);
  void leave(const ObjectKey& key);
  Result<NextVisit> wind_down(ServiceVisit& visit, ServiceMemory& memory,
                              const std::stop_token& stop);
  void look_around(ServiceVisit& visit) const;
  void keep_to_budget(const TierVisit& tier, const ServiceVisit& visit, Evaluation& evaluation);
  Result<targets::Replicas> write_scale(const TierVisit& tier, targets::Replicas wanted,
                                        const std::stop_token& stop);
  Result<void> scale(TierVisit& tier, const ServiceVisit& visit, TierMemory& memory,
                     const std::stop_token& stop);
  void announce_written(const ServiceObject& service, const api::ServiceStatus& old,
                        const api::ServiceStatus& wanted);

  Surroundings with_;
  ServiceObserver observer_;
  Evaluator evaluator_;
  StatusWriter status_;
  PlanConductor conductor_;
  ScaleDownBudget budget_;
  VisitMemory memory_;
};

}  // namespace evalscaler::reconcile
