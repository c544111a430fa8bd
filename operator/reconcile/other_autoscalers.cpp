// SPDX-License-Identifier: Apache-2.0
#include "reconcile/other_autoscalers.hpp"

#include <string_view>
#include <utility>

namespace evalscaler::reconcile {
namespace {

// "apps" of "apps/v1", nothing of "v1".
std::string group_of(std::string_view api_version) {
  const std::size_t slash = api_version.find('/');
  return std::string(slash == std::string_view::npos ? "" : api_version.substr(0, slash));
}

}  // namespace

void OtherAutoscalers::State::remove(const ObjectKey& key) {
  const auto at = targets.find(key);
  if (at == targets.end()) return;
  const auto users = autoscalers.find(at->second);
  users->second.erase(key);
  if (users->second.empty()) autoscalers.erase(users);
  targets.erase(at);
}

std::vector<ObjectKey> OtherAutoscalers::update(const ObjectKey& key,
                                                const targets::AutoscalerObject* object) {
  std::set<Target> concerned;
  state_.with([&](State& state) {
    const auto known = state.targets.find(key);
    if (known != state.targets.end()) concerned.insert(known->second);
    std::set<Target> now;
    if (object != nullptr) {
      now.insert({group_of(object->target_api_version),
                  object->target_kind,
                  {key.space, object->target_name}});
    }
    if (concerned == now) {
      concerned.clear();  // its status, or its metrics: nothing to us
      return;
    }
    state.remove(key);
    for (const Target& target : now) {
      state.targets.insert_or_assign(key, target);
      state.autoscalers[target].insert(key);
    }
    concerned.merge(now);
  });
  std::set<ObjectKey> services;
  for (const Target& target : concerned) {
    for (ObjectKey& each : services_.services_of(target.kind, target.key)) {
      services.insert(std::move(each));
    }
  }
  return {services.begin(), services.end()};
}

std::string OtherAutoscalers::on_target_of(const ObjectKey& service, const api::Tier& tier) const {
  const Target target{
      group_of(tier.target.api_version), tier.target.kind, {service.space, tier.target.name}};
  const std::string autoscaler = state_.with([&](const State& state) {
    const auto at = state.autoscalers.find(target);
    return at == state.autoscalers.end() ? std::string() : at->second.begin()->name;
  });
  if (!autoscaler.empty()) return targets::autoscaler_resource().kind + " " + autoscaler;
  const auto older = services_.older_on(target.kind, target.key, service);
  return older ? std::string(api::kKind) + " " + older->name + ", which is older," : std::string();
}

}  // namespace evalscaler::reconcile
