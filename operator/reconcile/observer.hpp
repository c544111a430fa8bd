// SPDX-License-Identifier: Apache-2.0
// ServiceObserver: the first call of a visit: what is known of a service right now.
//
// Also tells the readings what the service wants to know, whenever its spec changed.
#pragma once

#include <memory>
#include <stop_token>

#include "prometheus/reading_source.hpp"
#include "reconcile/service_object.hpp"
#include "reconcile/service_visit.hpp"
#include "reconcile/visit_memory.hpp"
#include "reconcile/visit_queue.hpp"
#include "targets/scale_target.hpp"

namespace evalscaler::reconcile {

using FindTarget = std::function<Result<targets::ScaleTarget*>(const api::Tier& tier)>;

class ServiceObserver {
 public:
  // `readings` must outlive it.
  ServiceObserver(FindTarget find_target, prometheus::ReadingSource& readings)
      : find_target_(std::move(find_target)), readings_(readings) {}

  ServiceVisit observe(std::shared_ptr<const ServiceObject> service, ServiceMemory& memory,
                       const Moment& now, const std::stop_token& stop);

 private:
  void enter_spec(const ServiceVisit& visit, ServiceMemory& memory);
  std::uint64_t round_of(const ServiceVisit& visit) const;
  TierVisit look_at(const api::Tier& tier, const ServiceVisit& visit, ServiceMemory& memory,
                    const std::stop_token& stop);

  FindTarget find_target_;
  prometheus::ReadingSource& readings_;
};

// One metric of a tier, as the readings are asked for it.
prometheus::MetricUse use_of(const ServiceObject& service, const api::Tier& tier,
                             const api::MetricDemand& metric);

}  // namespace evalscaler::reconcile
