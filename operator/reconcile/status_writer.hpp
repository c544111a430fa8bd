// SPDX-License-Identifier: Apache-2.0
// StatusWriter: brings a status to the API server, as rarely as its change allows.
//
// One merge patch on /status, fenced by resourceVersion. After a 409 a quorum read tells what
// changed: if it was neither spec nor status, the patch is sent again, kMostStatusSends times at
// most; else the next visit waits until the cache shows it. Thread-safe for different keys.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "api/service_status.hpp"
#include "core/guarded.hpp"
#include "core/result.hpp"
#include "kube/kube_api.hpp"
#include "reconcile/service_object.hpp"
#include "reconcile/status_change.hpp"
#include "reconcile/visit_memory.hpp"
#include "telemetry/metrics.hpp"

namespace evalscaler::reconcile {

// A write that only brings newer readings: per service, and over all of them together.
inline constexpr std::chrono::minutes kRefreshEvery{5};
inline constexpr std::chrono::seconds kRefreshSpacing{1};

inline constexpr int kMostStatusSends = 5;

class StatusWriter {
 public:
  // `steady`: the time, to measure writes by; null: they are not measured.
  StatusWriter(kube::KubeApi& api, telemetry::Metrics& metrics,
               std::function<SteadyTime()> steady = {})
      : api_(api), metrics_(metrics), steady_(std::move(steady)) {}

  // The status as it is now: the cache's, or our own last write if the cache is behind it.
  static const api::ServiceStatus& present(const ServiceObject& service, ServiceMemory& memory);

  struct Outcome {
    bool written = false;
    std::optional<std::chrono::nanoseconds> due_in;  // it waits for its turn
  };
  // `old` is what present() returned.
  Result<Outcome> write(const ServiceObject& service, const api::ServiceStatus& old,
                        const api::ServiceStatus& wanted, ServiceMemory& memory, SteadyTime now,
                        const std::stop_token& stop);

 private:
  Result<std::string> patch_fenced(const ServiceObject& service, const api::ServiceStatus& old,
                                   const api::ServiceStatus& wanted, ServiceMemory& memory,
                                   const std::stop_token& stop);
  // How long a change of this weight has to wait; empty = it is not worth a write now.
  std::optional<std::chrono::nanoseconds> turn_of(StatusChange change,
                                                  std::chrono::seconds interval,
                                                  const ServiceMemory& memory, SteadyTime now);
  bool takes_refresh(const ServiceMemory& memory, SteadyTime now);

  kube::KubeApi& api_;
  telemetry::Metrics& metrics_;
  std::function<SteadyTime()> steady_;
  Guarded<std::optional<SteadyTime>> last_refresh_;
};

}  // namespace evalscaler::reconcile
