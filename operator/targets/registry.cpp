// SPDX-License-Identifier: Apache-2.0
#include "targets/registry.hpp"

#include <array>

#include "core/text.hpp"
#include "targets/redis_cluster/redis_cluster.hpp"
#include "targets/workload.hpp"

namespace evalscaler::targets {
namespace {

constexpr std::array kKinds{
    TargetKind{"Deployment",
               [](const api::Tier& tier) {
                 return tier.target.api_version == "apps/v1" && tier.target.kind == "Deployment";
               },
               [](const TargetResources& with) -> std::unique_ptr<ScaleTarget> {
                 return std::make_unique<WorkloadTarget>(deployment_resource(), *with.api,
                                                         *with.deployments, *with.clock);
               }},
    TargetKind{"StatefulSet",
               [](const api::Tier& tier) {
                 return tier.target.api_version == "apps/v1" && tier.target.kind == "StatefulSet" &&
                        tier.stateful_set.has_value();
               },
               [](const TargetResources& with) -> std::unique_ptr<ScaleTarget> {
                 return std::make_unique<WorkloadTarget>(stateful_set_resource(), *with.api,
                                                         *with.stateful_sets, *with.clock);
               }},
    TargetKind{"RedisCluster",
               [](const api::Tier& tier) {
                 return tier.target.api_version == "apps/v1" && tier.target.kind == "StatefulSet" &&
                        tier.redis_cluster.has_value();
               },
               [](const TargetResources& with) -> std::unique_ptr<ScaleTarget> {
                 return std::make_unique<RedisClusterTarget>(
                     *with.api, *with.stateful_sets, *with.clock, wire::make_redis_connector,
                     with.may_write);
               }},
};

std::string supported() {
  std::vector<std::string> names;
  names.reserve(kKinds.size());
  for (const TargetKind& kind : kKinds) names.emplace_back(kind.name);
  return join(names, ", ");
}

}  // namespace

std::span<const TargetKind> target_kinds() {
  return kKinds;
}

TargetRegistry::TargetRegistry(const TargetResources& resources) {
  for (const TargetKind& kind : kKinds) targets_.push_back(kind.make(resources));
}

Result<ScaleTarget*> TargetRegistry::find(const api::Tier& tier) const {
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (kKinds[i].chosen_by(tier)) return targets_[i].get();
  }
  const bool core_kind = tier.target.api_version == "apps/v1";
  const std::string kind = tier.target.kind + (core_kind ? "" : " of " + tier.target.api_version);
  return fail(ErrorKind::Invalid,
              "kind " + one_line(kind, 128) +
                  " cannot be scaled by this operator; supported: " + supported());
}

}  // namespace evalscaler::targets
