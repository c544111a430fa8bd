// SPDX-License-Identifier: Apache-2.0
#include "simulation/environment.hpp"

#include <algorithm>
#include <array>

namespace evalscaler::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

}  // namespace

Environment::Environment(const SeedSettings& settings, VirtualClock& clock, History& history,
                         Cluster& cluster, std::vector<ApiServer>& servers, MetricsServer& metrics)
    : settings_(settings),
      clock_(clock),
      history_(history),
      cluster_(cluster),
      servers_(servers),
      metrics_(metrics),
      random_(settings.seed, "environment"),
      services_(settings.services) {
  begin();
  plan_troubles();
}

SteadyTime Environment::next_due() const {
  return agenda_.empty() ? SteadyTime::max() : agenda_.begin()->first;
}

void Environment::act() {
  const auto what = std::move(agenda_.begin()->second);
  agenda_.erase(agenda_.begin());
  what();
}

void Environment::begin() {
  for (const ServiceSettings& service : services_) {
    for (const TierSettings& tier : service.tiers) {
      cluster_.create_deployment({kSpace, tier.target}, random_.between(tier.min, tier.max));
    }
    cluster_.create_service(service);
  }
  change_load(false);
  control_deployments();
}

const TierSettings& Environment::random_tier() {
  const ServiceSettings& service = random_service();
  return service.tiers[random_.below(service.tiers.size())];
}

ServiceSettings& Environment::random_service() {
  return services_[random_.below(services_.size())];
}

// Between much too little and much too much for the present size of each target.
void Environment::change_load(bool to_extreme) {
  for (const ServiceSettings& service : services_) {
    for (const TierSettings& tier : service.tiers) {
      MetricsServer::Truth& truth = metrics_.truths[{kSpace, tier.target}];
      truth.load = random_.real(0, 1.3) * tier.load_high * tier.max;
      truth.errors = random_.chance(0.2) ? random_.real(0, 15) : random_.real(0, kErrorsLow);
      if (!to_extreme || random_.chance(0.4)) continue;
      truth.load = random_.chance(0.5) ? 0.5 : 3.0 * tier.load_high * tier.max;
      truth.errors = 1;
    }
  }
  history_.add("world", {"the load changes"});
}

void Environment::edit_spec() {
  ServiceSettings& service = random_service();
  TierSettings& tier = service.tiers[random_.below(service.tiers.size())];
  switch (random_.below(4)) {
    case 0:
      tier.max = tier.min + random_.between(0, 6);
      break;
    case 1:
      tier.min = random_.between(1, tier.max);
      break;
    case 2:
      tier.up_cooldown = random_.between(0, 3) * 10;
      tier.down_cooldown = random_.between(0, 3) * 10;
      break;
    default:
      constexpr std::array kModes{"Auto", "DryRun", "Paused"};
      service.mode = kModes.at(random_.below(3));
  }
  history_.add("world", {"spec of", service.name, "is edited,", service.mode, tier.name,
                         std::to_string(tier.min), std::to_string(tier.max)});
  cluster_.edit_service(service);
}

void Environment::user_scales() {
  const TierSettings& tier = random_tier();
  const bool off = random_.chance(0.15);
  cluster_.user_scales({kSpace, tier.target}, off ? 0 : random_.between(1, tier.max + 1),
                       random_.chance(0.5) ? "scale" : "edit");
}

void Environment::try_autoscaler() {
  const TierSettings& tier = random_tier();
  const std::string target = tier.target;
  const ObjectKey key{kSpace, target + "-hpa"};
  history_.add("world", {"an HPA is made for", target});
  cluster_.create_autoscaler(key, target);
  for (int writes = random_.between(0, 3); writes > 0; --writes) {
    const int replicas = random_.between(1, tier.max);
    at(clock_.steady() + random_.time(seconds(1), seconds(60)), [this, key, target, replicas] {
      if (!cluster_.autoscalers().contains(key)) return;
      cluster_.user_scales({kSpace, target}, replicas, "autoscaler");
    });
  }
  at(clock_.steady() + random_.time(seconds(5), seconds(120)),
     [this, key] { cluster_.delete_autoscaler(key); });
}

void Environment::recreate_target() {
  const TierSettings& tier = random_tier();
  const ObjectKey key{kSpace, tier.target};
  if (cluster_.deployment(key) == nullptr) return;
  history_.add("world", {tier.target, "is deleted"});
  cluster_.delete_deployment(key);
  const int replicas = random_.between(1, tier.max);
  const Nanos after = random_.chance(0.5) ? Nanos(0) : random_.time(Nanos(0), seconds(30));
  at(clock_.steady() + after, [this, key, replicas] { cluster_.create_deployment(key, replicas); });
}

void Environment::recreate_service() {
  const ServiceSettings& service = random_service();
  const std::size_t index = static_cast<std::size_t>(&service - services_.data());
  if (cluster_.service(service.key()) == nullptr) return;
  history_.add("world", {service.name, "is deleted"});
  cluster_.delete_service(service.key());
  const Nanos after = random_.chance(0.5) ? Nanos(0) : random_.time(Nanos(0), seconds(30));
  at(clock_.steady() + after, [this, index] { cluster_.create_service(services_[index]); });
}

void Environment::change_lags() {
  if (settings_.longest_lag.count() == 0) return;
  for (ApiServer& server : servers_) {
    for (const Collection collection : kCollections) {
      const bool behind = random_.chance(0.3);
      server.set_lag(collection, behind ? random_.time(milliseconds(1), settings_.longest_lag)
                                        : random_.time(milliseconds(1), milliseconds(50)));
    }
  }
}

void Environment::change_metrics_mode() {
  const auto mode = static_cast<MetricsServer::Mode>(
      random_.between(0, static_cast<int>(MetricsServer::Mode::Cold)));
  metrics_.enter(mode, clock_.steady());
  history_.add("world", {"Prometheus changes to mode", std::to_string(static_cast<int>(mode))});
  at(clock_.steady() + random_.time(seconds(5), seconds(90)),
     [this] { metrics_.enter(MetricsServer::Mode::Healthy, clock_.steady()); });
}

void Environment::draw_trouble() {
  switch (random_.below(17)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
      return change_load(false);
    case 6:
    case 7:
      return edit_spec();
    case 8:
    case 9:
      return user_scales();
    case 10:
      return recreate_target();
    case 11:
      return cluster_.compact();
    case 12:
    case 13:
      return change_lags();
    case 14:
      return change_metrics_mode();
    case 15:
      return try_autoscaler();
    default:
      return random_.chance(0.3) ? recreate_service() : change_lags();
  }
}

void Environment::plan_troubles() {
  change_lags();
  SteadyTime time = clock_.steady();
  const SteadyTime end = time + settings_.faults_last;
  const Nanos longest = random_.time(seconds(8), seconds(40));
  for (;;) {
    time += random_.time(milliseconds(10), longest);
    if (time >= end) break;
    at(time, [this] { draw_trouble(); });
  }
}

void Environment::calm_down() {
  calm_ = true;
  history_.add("world", {"faults are over"});
  if (metrics_.mode != MetricsServer::Mode::Healthy) {
    metrics_.enter(MetricsServer::Mode::Healthy, clock_.steady());
  }
  for (ApiServer& server : servers_) {
    for (const Collection collection : kCollections) {
      server.set_lag(collection, milliseconds(5));
    }
  }
  while (!cluster_.autoscalers().empty()) {
    cluster_.delete_autoscaler(cluster_.autoscalers().begin()->first);
  }
  for (ServiceSettings& service : services_) {
    if (service.mode == "Auto" || cluster_.service(service.key()) == nullptr) {
      service.mode = "Auto";
      continue;
    }
    service.mode = "Auto";
    cluster_.edit_service(service);
  }
  for (const auto& [key, deployment] : cluster_.deployments()) {
    if (deployment.replicas == 0) cluster_.user_scales(key, 1, "scale");
  }
  change_load(true);
}

// Looks every now and then, as a controller with a queue of its own would.
void Environment::control_deployments() {
  for (const auto& [key, deployment] : cluster_.deployments()) {
    const auto known = generations_.find(deployment.uid);
    if (known != generations_.end() && known->second == deployment.generation &&
        deployment.observed_generation == deployment.generation) {
      continue;
    }
    generations_[deployment.uid] = deployment.generation;
    settle_pods(key, random_.time(milliseconds(10), seconds(2)));
  }
  at(clock_.steady() + milliseconds(500), [this] { control_deployments(); });
}

// Pods come first, then they get ready.
void Environment::settle_pods(const ObjectKey& key, Nanos after) {
  at(clock_.steady() + after, [this, key] {
    const SimulatedDeployment* it = cluster_.deployment(key);
    if (it == nullptr) return;
    const std::int64_t ready = std::min(it->ready, it->replicas);
    cluster_.report_pods(key, it->replicas, ready);
    if (ready == it->replicas) return;
    at(clock_.steady() + random_.time(milliseconds(100), seconds(8)), [this, key] {
      const SimulatedDeployment* now = cluster_.deployment(key);
      if (now != nullptr) cluster_.report_pods(key, now->pods, now->pods);
    });
  });
}

}  // namespace evalscaler::simulation
