// SPDX-License-Identifier: Apache-2.0
#include "app/cluster_watch.hpp"

#include <algorithm>

#include "app/random_fractions.hpp"
#include "kube/object_feed.hpp"

namespace evalscaler::app {
namespace {

// What may not be listed is not waited for.
bool settled(const kube::Watcher* watcher) {
  const kube::WatchHealth health = watcher->health();
  return health.synced || health.denied;
}

}  // namespace

ClusterWatch::ClusterWatch(kube::KubeApi& api, Clock& clock, telemetry::Metrics& metrics,
                           const std::vector<std::string>& namespaces)
    : api_(api), clock_(clock), metrics_(metrics) {
  const std::vector<std::string> spaces =
      namespaces.empty() ? std::vector<std::string>{""} : namespaces;
  services_.expect_spaces(spaces.size());
  deployments_.expect_spaces(spaces.size());
  stateful_sets_.expect_spaces(spaces.size());
  autoscalers_.expect_spaces(spaces.size());
  for (const std::string& space : spaces) {
    add(reconcile::service_resource(), space, services_, reconcile::read_service);
    service_watchers_.push_back(watchers_.back().get());
    add(targets::deployment_resource(), space, deployments_, targets::read_deployment);
    target_watchers_.push_back(watchers_.back().get());
    add(targets::stateful_set_resource(), space, stateful_sets_, targets::read_stateful_set);
    target_watchers_.push_back(watchers_.back().get());
    add(targets::autoscaler_resource(), space, autoscalers_, targets::read_autoscaler);
    autoscaler_watchers_.push_back(watchers_.back().get());
  }
}

template <typename T>
void ClusterWatch::add(const kube::Resource& resource, const std::string& space,
                       kube::ObjectCache<T>& cache, Result<T> (*decode)(wire::JsonCursor&)) {
  feeds_.push_back(std::make_unique<kube::CacheFeed<T>>(cache, decode, space));
  watchers_.push_back(std::make_unique<kube::Watcher>(kube::WatchScope{resource, space, ""},
                                                      *feeds_.back(), api_, clock_, metrics_,
                                                      random_fractions()));
}

void ClusterWatch::start() {
  for (const auto& watcher : watchers_) {
    threads_.emplace_back([&one = *watcher](const std::stop_token& stop) { one.run(stop); });
  }
}

void ClusterWatch::stop() {
  for (std::jthread& thread : threads_) thread.request_stop();
  threads_.clear();
}

bool ClusterWatch::synced() const {
  return services_.synced() &&
         std::all_of(target_watchers_.begin(), target_watchers_.end(), settled) &&
         std::all_of(autoscaler_watchers_.begin(), autoscaler_watchers_.end(),
                     [](const kube::Watcher* watcher) {
                       const kube::WatchHealth health = watcher->health();
                       return health.synced || health.failed;
                     });
}

std::vector<CacheState> ClusterWatch::state() const {
  std::vector<CacheState> out{{reconcile::service_resource().plural, services_.synced()}};
  for (const kube::Watcher* watcher : target_watchers_) {
    const std::string& resource = watcher->resource().plural;
    const auto known = std::find_if(out.begin(), out.end(), [&](const CacheState& state) {
      return state.resource == resource;
    });
    if (known == out.end()) {
      out.push_back({resource, settled(watcher)});
    } else {
      known->synced = known->synced && settled(watcher);
    }
  }
  return out;
}

bool ClusterWatch::crd_is_missing() const {
  return std::any_of(service_watchers_.begin(), service_watchers_.end(),
                     [](const kube::Watcher* watcher) { return watcher->health().absent; });
}

}  // namespace evalscaler::app
