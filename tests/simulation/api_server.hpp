// SPDX-License-Identifier: Apache-2.0
// ApiServer: one of several servers in front of the store; its watch cache may be behind it.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "simulation/cluster.hpp"

namespace evalscaler::simulation {

class ApiServer {
 public:
  ApiServer(const Cluster& cluster, const VirtualClock& clock) : cluster_(cluster), clock_(clock) {}

  // How long a change takes from the store to this server's watches.
  void set_lag(Collection collection, Nanos lag) { at(collection).lag = lag; }

  // How many versions its watches may know by now.
  std::size_t shown(Collection collection) {
    Cache& cache = at(collection);
    const RevisionLog& log = cluster_.log(collection);
    while (cache.shown < log.size() &&
           log.at(cache.shown).committed + cache.lag <= clock_.steady()) {
      ++cache.shown;
    }
    return cache.shown;
  }
  // When that will be more.
  std::optional<SteadyTime> next_change(Collection collection) {
    const std::size_t count = shown(collection);
    const RevisionLog& log = cluster_.log(collection);
    if (count == log.size()) return std::nullopt;
    return log.at(count).committed + at(collection).lag;
  }
  // The revision that its watches have reached.
  Revision revision(Collection collection) {
    const std::size_t count = shown(collection);
    const RevisionLog& log = cluster_.log(collection);
    if (count == log.size()) return cluster_.revision();
    return log.at(count).revision - 1;
  }
  // A list without a revision is as new as the store: the server waits until its cache is.
  Revision catch_up(Collection collection) {
    at(collection).shown = cluster_.log(collection).size();
    return cluster_.revision();
  }

 private:
  struct Cache {
    Nanos lag = std::chrono::milliseconds(1);
    std::size_t shown = 0;
  };
  Cache& at(Collection collection) { return caches_.at(static_cast<std::size_t>(collection)); }

  const Cluster& cluster_;
  const VirtualClock& clock_;
  std::array<Cache, kCollections.size()> caches_;
};

}  // namespace evalscaler::simulation
