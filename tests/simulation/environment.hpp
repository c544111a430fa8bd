// SPDX-License-Identifier: Apache-2.0
// Environment: what happens around the operator: load, users, the Deployment controller, the
// store's compaction, servers that fall behind, Prometheus' troubles. All of it is drawn from
// the seed.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "simulation/world.hpp"

namespace evalscaler::simulation {

class Environment {
 public:
  Environment(const SeedSettings& settings, VirtualClock& clock, History& history, Cluster& cluster,
              std::vector<ApiServer>& servers, MetricsServer& metrics);

  void at(SteadyTime time, std::function<void()> what) { agenda_.emplace(time, std::move(what)); }
  SteadyTime next_due() const;
  void act();

  // From now on everything is well, and the load stays as it is.
  void calm_down();
  bool calm() const { return calm_; }

 private:
  void begin();
  void plan_troubles();
  void draw_trouble();
  void change_load(bool to_extreme);
  void edit_spec();
  void user_scales();
  // Somebody tries a horizontal pod autoscaler for a while.
  void try_autoscaler();
  void recreate_target();
  void recreate_service();
  void change_lags();
  void change_metrics_mode();
  void control_deployments();
  void settle_pods(const ObjectKey& key, Nanos after);
  const TierSettings& random_tier();
  ServiceSettings& random_service();

  const SeedSettings& settings_;
  VirtualClock& clock_;
  History& history_;
  Cluster& cluster_;
  std::vector<ApiServer>& servers_;
  MetricsServer& metrics_;
  RandomStream random_;
  std::multimap<SteadyTime, std::function<void()>> agenda_;
  std::vector<ServiceSettings> services_;            // as users want them now
  std::map<std::string, std::int64_t> generations_;  // by uid: seen by the Deployment controller
  bool calm_ = false;
};

}  // namespace evalscaler::simulation
