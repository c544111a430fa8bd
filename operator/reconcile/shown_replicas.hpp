// SPDX-License-Identifier: Apache-2.0
// ShownReplicas: one service's part of the exported replica counts, taken back when it ends.
//
// Per kind of target the gauges are sums over all services, so each service adds its differences.
// Series of single tiers are exported only where that was opted in. For one worker at a time.
#pragma once

#include <map>
#include <string>

#include "api/service_status.hpp"
#include "core/object_key.hpp"
#include "reconcile/service_visit.hpp"
#include "telemetry/metrics.hpp"

namespace evalscaler::reconcile {

enum class PerService { Left, Exported };

class ShownReplicas {
 public:
  ShownReplicas() = default;
  ShownReplicas(const ShownReplicas&) = delete;
  ShownReplicas& operator=(const ShownReplicas&) = delete;
  ~ShownReplicas();

  // What `status` says of the tiers that were visited and whose target is there. `metrics` must
  // outlive this.
  void show(telemetry::Metrics& metrics, PerService per_service, const ServiceVisit& visit,
            const api::ServiceStatus& status);

 private:
  struct Shown {
    std::string kind;
    api::Replicas current = 0;
    api::Replicas desired = 0;
    bool planned = false;  // its target is changed by plans
    int plans = 0;         // that run
    bool own_series = false;
  };
  void add(const Shown& shown, int sign);
  void end(const std::string& tier, const Shown& shown);

  telemetry::Metrics* metrics_ = nullptr;
  ObjectKey service_;
  std::map<std::string, Shown> tiers_;  // by name
};

}  // namespace evalscaler::reconcile
