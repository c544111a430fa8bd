// SPDX-License-Identifier: Apache-2.0
// ClusterWatch: the watch caches of services, targets and other autoscalers, and the threads that
// fill them: one per resource and watched namespace.
//
// Other autoscalers are good to know: where they may not be listed or there is no such API, it
// goes on without. A kind of target that may not be listed holds up the tiers of that kind only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "app/probes.hpp"
#include "core/clock.hpp"
#include "kube/kube_api.hpp"
#include "kube/object_cache.hpp"
#include "kube/watcher.hpp"
#include "reconcile/service_object.hpp"
#include "targets/autoscaler_object.hpp"
#include "targets/workload_object.hpp"
#include "telemetry/metrics.hpp"

namespace evalscaler::app {

class ClusterWatch {
 public:
  // All namespaces if `namespaces` is empty. References must outlive it.
  ClusterWatch(kube::KubeApi& api, Clock& clock, telemetry::Metrics& metrics,
               const std::vector<std::string>& namespaces);

  kube::ObjectCache<reconcile::ServiceObject>& services() { return services_; }
  kube::ObjectCache<targets::WorkloadObject>& deployments() { return deployments_; }
  kube::ObjectCache<targets::WorkloadObject>& stateful_sets() { return stateful_sets_; }

  kube::ObjectCache<targets::AutoscalerObject>& autoscalers() { return autoscalers_; }

  // Listeners are registered before.
  void start();
  void stop();  // returns when the threads have ended

  // All that is needed has been listed, and what is good to know has been asked for.
  bool synced() const;
  std::vector<CacheState> state() const;
  // The API server does not know our resource.
  bool crd_is_missing() const;

 private:
  template <typename T>
  void add(const kube::Resource& resource, const std::string& space, kube::ObjectCache<T>& cache,
           Result<T> (*decode)(wire::JsonCursor&));

  kube::KubeApi& api_;
  Clock& clock_;
  telemetry::Metrics& metrics_;
  kube::ObjectCache<reconcile::ServiceObject> services_;
  kube::ObjectCache<targets::WorkloadObject> deployments_;
  kube::ObjectCache<targets::WorkloadObject> stateful_sets_;
  kube::ObjectCache<targets::AutoscalerObject> autoscalers_;
  std::vector<std::unique_ptr<kube::ObjectFeed>> feeds_;
  std::vector<std::unique_ptr<kube::Watcher>> watchers_;
  std::vector<const kube::Watcher*> service_watchers_;
  std::vector<const kube::Watcher*> target_watchers_;
  std::vector<const kube::Watcher*> autoscaler_watchers_;
  std::vector<std::jthread> threads_;
};

}  // namespace evalscaler::app
