// SPDX-License-Identifier: Apache-2.0
// WorkloadObject: what is kept of an apps/v1 Deployment or StatefulSet in the watch cache.
//
// A few hundred bytes of an object of several kilobytes. What cannot be right (replicas below
// zero or beyond 32 bits, a wrong type) does not make the object disappear: `defect` says what
// is wrong, and nobody acts on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/target_observation.hpp"
#include "core/result.hpp"
#include "kube/managed_fields.hpp"
#include "kube/object_meta.hpp"
#include "kube/resource_path.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::targets {

// The Progressing condition, as far as a rollout can be told from it.
struct ProgressCondition {
  std::string status;
  std::string reason;
};

// How a StatefulSet is being updated.
struct StatefulSetUpdate {
  std::string strategy;  // "RollingUpdate", "OnDelete"
  std::int64_t partition = 0;
  std::string current_revision;
  std::string update_revision;
};

struct WorkloadObject {
  kube::ObjectMeta meta;
  std::optional<std::int64_t> spec_replicas;  // as written, not yet judged
  bool paused = false;
  std::int64_t observed_generation = 0;
  std::int64_t replicas = 0;  // status: pods of any template
  std::int64_t ready_replicas = 0;
  std::int64_t updated_replicas = 0;
  std::optional<ProgressCondition> progress;        // Deployments
  std::optional<StatefulSetUpdate> update;          // StatefulSets
  std::vector<kube::FieldsEntry> replicas_writers;  // entries that own spec.replicas
  api::PodResources resources;
  std::string defect;  // empty = none
};

const kube::Resource& deployment_resource();
const kube::Resource& stateful_set_resource();

// Invalid only if not even the metadata can be read.
Result<WorkloadObject> read_deployment(wire::JsonCursor& object);
Result<WorkloadObject> read_stateful_set(wire::JsonCursor& object);

// Pure. Invalid, naming the field, if the object's replicas cannot be trusted.
Result<api::TargetObservation> observation_of(const WorkloadObject& workload);

}  // namespace evalscaler::targets
