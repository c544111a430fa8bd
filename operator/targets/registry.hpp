// SPDX-License-Identifier: Apache-2.0
// The kinds that can be scaled: one row each, chosen by what a tier says of its target.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/evaluation_service.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"
#include "kube/kube_api.hpp"
#include "kube/object_cache.hpp"
#include "targets/scale_target.hpp"
#include "targets/workload_object.hpp"

namespace evalscaler::targets {

// What adapters are made of; all of it outlives them.
struct TargetResources {
  kube::KubeApi* api = nullptr;
  const kube::ObjectCache<WorkloadObject>* deployments = nullptr;
  const kube::ObjectCache<WorkloadObject>* stateful_sets = nullptr;
  Clock* clock = nullptr;
  // Whether this process may command a data store now; null = always.
  std::function<bool()> may_write = nullptr;
};

struct TargetKind {
  std::string_view name;
  bool (*chosen_by)(const api::Tier& tier);
  std::unique_ptr<ScaleTarget> (*make)(const TargetResources& resources);
};

std::span<const TargetKind> target_kinds();

// One adapter per row. Thread-safe.
class TargetRegistry {
 public:
  explicit TargetRegistry(const TargetResources& resources);
  // Never null. Invalid, naming what is supported, if no row takes the tier's target.
  Result<ScaleTarget*> find(const api::Tier& tier) const;

 private:
  std::vector<std::unique_ptr<ScaleTarget>> targets_;  // in the order of target_kinds()
};

}  // namespace evalscaler::targets
