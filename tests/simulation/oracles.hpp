// SPDX-License-Identifier: Apache-2.0
// Oracles: what must hold of every write and every cache at every step of every seed, judged
// from the cluster's side. Each throws Violation.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "api/service_status.hpp"
#include "kube/watch_state.hpp"
#include "simulation/cluster.hpp"
#include "simulation/history.hpp"
#include "simulation/simulated_prometheus.hpp"

namespace evalscaler::simulation {

class OperatorProcess;

class Oracles final : public ClusterListener {
 public:
  Oracles(const Cluster& cluster, const VirtualClock& clock, History& history)
      : cluster_(cluster), clock_(clock), history_(history) {}

  // Replicas within the bounds, steps and cooldowns of a spec that the process may have known;
  // no shrinking on what is not known, no growing without cause; nothing that was decided
  // before somebody else's write; nothing of a process that does not lead.
  void scaled(const ScaleWrite& write) override;
  // Every status write changes something, holds no decision twice, and no applied one that was
  // never made.
  void status_written(const StatusWrite& write) override;
  // A watcher's cache equals the store at the revision that the watcher stands for.
  void cache_is(Collection collection, const kube::WatchState& state,
                const OperatorProcess& process) const;

  // Once faults are over and there was time to settle: the replicas are those that the metrics
  // ask for and that a run without faults ends at, and status tells the truth.
  void has_converged(const MetricsServer& metrics) const;

  std::size_t scale_writes() const { return scale_writes_; }
  std::size_t status_writes() const { return status_writes_; }

 private:
  struct Effect {
    ScaleWrite write;
    SteadyTime at;
    // The service's status, when it happened, had the replicas that were there before it.
    bool status_knew = false;
  };
  [[noreturn]] static void violated(const std::string& what) { throw Violation(what); }
  // Empty: the spec allows the write.
  std::string forbidden(const ServiceSettings& spec, const ScaleWrite& write) const;
  std::string in_cooldown(const TierSettings& tier, const ScaleWrite& write) const;
  bool may_be_forgotten(const Effect& before, const ScaleWrite& write) const;
  bool status_shows(const ObjectKey& target, int replicas) const;
  void check_fence(const ScaleWrite& write) const;
  // How often somebody else took back a change of the operator's.
  std::size_t reversals_on(const ObjectKey& target) const;
  void check_decisions(const SimulatedService& service) const;
  void check_tier(const SimulatedService& service, const TierSettings& tier,
                  const api::ServiceStatus& status, const MetricsServer& metrics) const;

  const Cluster& cluster_;
  const VirtualClock& clock_;
  History& history_;
  std::map<ObjectKey, std::vector<Effect>> effects_;  // by target, all writers
  std::size_t scale_writes_ = 0;
  std::size_t status_writes_ = 0;
};

// The object's status as the operator's own reader understands it.
api::ServiceStatus status_of(const SimulatedService& service);

}  // namespace evalscaler::simulation
