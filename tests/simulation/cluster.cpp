// SPDX-License-Identifier: Apache-2.0
#include "simulation/cluster.hpp"

#include <utility>

namespace evalscaler::simulation {

RevisionLog& Cluster::writable_log(Collection collection) {
  return logs_.at(static_cast<std::size_t>(collection));
}
const RevisionLog& Cluster::log(Collection collection) const {
  return logs_.at(static_cast<std::size_t>(collection));
}

void Cluster::commit(Version::Change change, SimulatedService& service) {
  service.revision = ++revision_;
  writable_log(Collection::Services)
      .append(
          {change, revision_, clock_.steady(), service.spec.key(), service.uid, json_of(service)});
}

void Cluster::commit(Version::Change change, SimulatedDeployment& deployment) {
  deployment.revision = ++revision_;
  writable_log(Collection::Deployments)
      .append({change, revision_, clock_.steady(), deployment.key, deployment.uid,
               json_of(deployment)});
}

void Cluster::commit(Version::Change change, SimulatedAutoscaler& autoscaler) {
  autoscaler.revision = ++revision_;
  writable_log(Collection::Autoscalers)
      .append({change, revision_, clock_.steady(), autoscaler.key, autoscaler.uid,
               json_of(autoscaler)});
}

void Cluster::create_autoscaler(const ObjectKey& key, const std::string& target) {
  if (autoscalers_.contains(key)) return;
  SimulatedAutoscaler& made = autoscalers_[key];
  made.key = key;
  made.uid = "autoscaler-" + std::to_string(++last_uid_);
  made.target = target;
  commit(Version::Change::Added, made);
}

void Cluster::delete_autoscaler(const ObjectKey& key) {
  const auto at = autoscalers_.find(key);
  if (at == autoscalers_.end()) return;
  commit(Version::Change::Deleted, at->second);
  autoscalers_.erase(at);
}

void Cluster::create_service(const ServiceSettings& spec) {
  SimulatedService& made = services_[spec.key()] = SimulatedService{};
  made.spec = spec;
  made.uid = "service-" + std::to_string(++last_uid_);
  specs_[made.uid] = {spec};
  commit(Version::Change::Added, made);
}

void Cluster::edit_service(const ServiceSettings& spec) {
  const auto at = services_.find(spec.key());
  if (at == services_.end()) return;
  at->second.spec = spec;
  ++at->second.generation;
  specs_[at->second.uid].push_back(spec);
  commit(Version::Change::Modified, at->second);
}

void Cluster::delete_service(const ObjectKey& key) {
  const auto at = services_.find(key);
  if (at == services_.end()) return;
  commit(Version::Change::Deleted, at->second);
  services_.erase(at);
}

void Cluster::forget_statuses() {
  for (auto& [key, service] : services_) {
    service.status.clear();
    commit(Version::Change::Modified, service);
  }
}

void Cluster::create_deployment(const ObjectKey& key, int replicas) {
  SimulatedDeployment& made = deployments_[key] = SimulatedDeployment{};
  made.key = key;
  made.uid = "deployment-" + std::to_string(++last_uid_);
  made.created = clock_.wall();
  made.replicas = replicas;
  made.pods = made.ready = 0;
  made.observed_generation = 0;
  made.owner = FieldOwner{"kubectl-create", "", clock_.wall()};
  commit(Version::Change::Added, made);
}

void Cluster::delete_deployment(const ObjectKey& key) {
  const auto at = deployments_.find(key);
  if (at == deployments_.end()) return;
  commit(Version::Change::Deleted, at->second);
  deployments_.erase(at);
}

void Cluster::user_scales(const ObjectKey& key, int replicas, const std::string& through) {
  const auto at = deployments_.find(key);
  if (at == deployments_.end() || at->second.replicas == replicas) return;
  SimulatedDeployment& it = at->second;
  if (through == "scale") {
    if (replicas == 0) {
      it.owner.reset();
    } else if (it.owner) {
      it.owner = FieldOwner{"kubectl", "scale", std::nullopt};
    }
  } else if (through == "autoscaler") {
    it.owner = FieldOwner{"kube-controller-manager", "scale", std::nullopt};
  } else {
    it.owner = FieldOwner{"kubectl-edit", "", clock_.wall()};
  }
  set_replicas({}, it, replicas);
}

void Cluster::report_pods(const ObjectKey& key, std::int64_t pods, std::int64_t ready) {
  const auto at = deployments_.find(key);
  if (at == deployments_.end()) return;
  SimulatedDeployment& it = at->second;
  if (it.pods == pods && it.ready == ready && it.observed_generation == it.generation) return;
  it.pods = pods;
  it.ready = ready;
  it.observed_generation = it.generation;
  commit(Version::Change::Modified, it);
}

void Cluster::set_replicas(const Origin& origin, SimulatedDeployment& it, int replicas) {
  const ScaleWrite write{origin, it.key, it.uid, static_cast<int>(it.replicas), replicas};
  it.replicas = replicas;
  ++it.generation;
  commit(Version::Change::Modified, it);
  if (listener_ != nullptr) listener_->scaled(write);
}

const SimulatedService* Cluster::service(const ObjectKey& key) const {
  const auto at = services_.find(key);
  return at == services_.end() ? nullptr : &at->second;
}

const SimulatedDeployment* Cluster::deployment(const ObjectKey& key) const {
  const auto at = deployments_.find(key);
  return at == deployments_.end() ? nullptr : &at->second;
}

const std::vector<ServiceSettings>& Cluster::specs(const std::string& uid) const {
  return specs_.at(uid);
}

}  // namespace evalscaler::simulation
