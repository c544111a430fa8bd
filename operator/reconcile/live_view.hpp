// SPDX-License-Identifier: Apache-2.0
// LiveView: a service as this process knows it right now, for whoever asks why.
//
// Made on request from what visits remember, the readings of the last poll and the clock; visits
// leave nothing extra behind for it. While a visit is under way it waits for kPatienceForVisit, and
// holds visits up for no longer than copying takes. Thread-safe.
#pragma once

#include <chrono>
#include <stop_token>

#include "api/explanation.hpp"
#include "core/clock.hpp"
#include "core/object_key.hpp"
#include "core/result.hpp"
#include "kube/object_cache.hpp"
#include "prometheus/reading_source.hpp"
#include "reconcile/service_object.hpp"
#include "reconcile/visit_memory.hpp"

namespace evalscaler::reconcile {

inline constexpr std::chrono::milliseconds kPatienceForVisit{500};

class LiveView {
 public:
  // All of them outlive it.
  LiveView(const kube::ObjectCache<ServiceObject>& services, VisitMemory& memory,
           const prometheus::ReadingSource& readings, Clock& clock)
      : services_(services), memory_(memory), readings_(readings), clock_(clock) {}

  // NotFound: this process does not look after such a service. Unavailable: it has not looked at
  // it (or at its latest edit) yet, or a visit takes long.
  Result<api::ServiceExplanation> explain(const ObjectKey& key, const std::stop_token& stop) const;

 private:
  api::TierExplanation explain_tier(const ServiceObject& service, const api::Tier& tier,
                                    TierMemory memory, WallTime now) const;

  const kube::ObjectCache<ServiceObject>& services_;
  VisitMemory& memory_;
  const prometheus::ReadingSource& readings_;
  Clock& clock_;
};

}  // namespace evalscaler::reconcile
