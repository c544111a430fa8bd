// SPDX-License-Identifier: Apache-2.0
// LeaseKeeper: keeps this process's leadership, and ends the process when it is lost.
//
// The lease has a connection of its own, so that no other request delays a renewal (L12); a
// watchdog of its own, since a renewal may hang (L7); and a KillTimer between our deadline and
// the moment at which another may lead, for the case that this process is stopped. Losing the
// leadership ends the process at once with status 1 and a line that says why (L5).
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include "app/kill_timer.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"
#include "kube/cluster_access.hpp"
#include "kube/http_kube_api.hpp"
#include "kube/leader_election.hpp"
#include "kube/leadership.hpp"
#include "telemetry/metrics.hpp"
#include "wire/http.hpp"

namespace evalscaler::app {

inline constexpr const char* kLeaseName = "evalscaler";

class LeaseKeeper {
 public:
  // The lease is in `space`, or (empty) where `access` says that we are. `host` begins our
  // identity. References must outlive it.
  static Result<std::unique_ptr<LeaseKeeper>> open(const kube::ClusterAccess& access,
                                                   const std::string& space,
                                                   const std::string& host, Clock& clock,
                                                   telemetry::Metrics& metrics);

  void start();
  // False if a stop was requested first.
  bool wait_until_leading(const std::stop_token& stop) const;
  // Once leading: whether another leader was at work until just now.
  bool saw_predecessor() const { return election_.saw_predecessor(); }
  // The gate of everybody who writes. Thread-safe.
  bool may_write() const { return leadership_.may_write(clock_.steady()); }

  // The holder's identity as last seen, empty if unknown. Thread-safe.
  std::string holder() const { return election_.holder(); }

  // After the last guarded write.
  void release();
  // Instead of release(), if a write may still be on its way: the lease has to expire.
  void abandon();

 private:
  LeaseKeeper(kube::LeaderElectionSettings settings, std::unique_ptr<wire::HttpClient> client,
              std::unique_ptr<KillTimer> timer, const kube::ClusterAccess& access, Clock& clock,
              telemetry::Metrics& metrics);
  void keep(const std::stop_token& stop);
  void show() const;
  void stop_threads();

  const kube::LeaderElectionSettings settings_;
  const std::unique_ptr<wire::HttpClient> client_;
  const std::unique_ptr<KillTimer> timer_;
  Clock& clock_;
  telemetry::Metrics& metrics_;
  kube::HttpKubeApi api_;
  kube::Leadership leadership_;
  kube::LeaderElection election_;
  std::jthread watchdog_;
  std::jthread keeper_;
};

}  // namespace evalscaler::app
