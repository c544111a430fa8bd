// SPDX-License-Identifier: Apache-2.0
#include "targets/workload_object.hpp"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include "api/evaluation_service.hpp"
#include "kube/store.hpp"
#include "targets/pod_resources.hpp"

namespace evalscaler::targets {
namespace {

using kube::store;
using wire::JsonCursor;

Result<void> read_template(JsonCursor& pod_template, api::PodResources& resources) {
  return pod_template.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    return key == "spec" ? store(read_pod_resources(value), resources) : Result<void>();
  });
}

Result<void> read_rolling_update(JsonCursor& rolling, StatefulSetUpdate& into) {
  return rolling.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    return key == "partition" ? store(value.integer(), into.partition) : Result<void>();
  });
}

Result<void> read_update_strategy(JsonCursor& strategy, StatefulSetUpdate& into) {
  return strategy.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "type") return store(value.text(), into.strategy);
    return key == "rollingUpdate" ? read_rolling_update(value, into) : Result<void>();
  });
}

Result<void> read_spec(JsonCursor& spec, WorkloadObject& into) {
  return spec.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "replicas") {
      std::int64_t replicas = 0;
      EVALSCALER_TRY(store(value.integer(), replicas));
      into.spec_replicas = replicas;
      return {};
    }
    if (key == "paused") return store(value.boolean(), into.paused);
    if (key == "template") return read_template(value, into.resources);
    if (key == "updateStrategy" && into.update) return read_update_strategy(value, *into.update);
    return {};
  });
}

Result<void> read_condition(JsonCursor& condition, WorkloadObject& into) {
  std::string type;
  ProgressCondition found;
  EVALSCALER_TRY(condition.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "type") return store(value.text(), type);
    if (key == "status") return store(value.text(), found.status);
    if (key == "reason") return store(value.text(), found.reason);
    return {};
  }));
  if (type == "Progressing") into.progress = std::move(found);
  return {};
}

Result<void> read_status(JsonCursor& status, WorkloadObject& into) {
  return status.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "observedGeneration") return store(value.integer(), into.observed_generation);
    if (key == "replicas") return store(value.integer(), into.replicas);
    if (key == "readyReplicas") return store(value.integer(), into.ready_replicas);
    if (key == "updatedReplicas") return store(value.integer(), into.updated_replicas);
    if (into.update) {
      if (key == "currentRevision") return store(value.text(), into.update->current_revision);
      if (key == "updateRevision") return store(value.text(), into.update->update_revision);
    }
    if (key != "conditions") return {};
    return value.items(
        [&](std::size_t, JsonCursor& condition) { return read_condition(condition, into); });
  });
}

Result<void> read_writers(JsonCursor& managed_fields, WorkloadObject& into) {
  auto entries = kube::read_managed_fields(managed_fields);
  if (!entries) return entries.error();
  for (kube::FieldsEntry& entry : *entries) {
    if (entry.owns_replicas) into.replicas_writers.push_back(std::move(entry));
  }
  return {};
}

Result<api::Replicas> checked(std::string_view field, std::int64_t value) {
  if (value >= 0 && value <= std::numeric_limits<api::Replicas>::max()) {
    return static_cast<api::Replicas>(value);
  }
  return fail(ErrorKind::Invalid, std::string(field) + ": " + std::to_string(value) +
                                      " is no number of replicas; set it to 0 or more");
}

api::Rollout rollout_of(const ProgressCondition& progress) {
  if (progress.status == "False" && progress.reason == "ProgressDeadlineExceeded") {
    return api::Rollout::Stuck;
  }
  const bool settled = progress.status != "True" || progress.reason == "NewReplicaSetAvailable";
  return settled ? api::Rollout::Settled : api::Rollout::Running;
}

// Who deletes pods himself, or holds some back, has the update wait for him.
api::Rollout rollout_of(const StatefulSetUpdate& update) {
  if (update.current_revision == update.update_revision) return api::Rollout::Settled;
  const bool waits = update.strategy == "OnDelete" || update.partition > 0;
  return waits ? api::Rollout::Paused : api::Rollout::Running;
}

api::Rollout rollout_of(const WorkloadObject& workload) {
  if (workload.paused) return api::Rollout::Paused;
  const api::Rollout told = workload.progress ? rollout_of(*workload.progress)
                            : workload.update ? rollout_of(*workload.update)
                                              : api::Rollout::Settled;
  if (told != api::Rollout::Settled) return told;
  const bool behind = workload.observed_generation < workload.meta.generation ||
                      (!workload.update && workload.updated_replicas < workload.replicas);
  return behind ? api::Rollout::Running : api::Rollout::Settled;
}

// A write through /scale takes the field from everybody else but carries no time (Kubernetes
// 1.36): an entry without one is the newest.
bool is_newer(const std::optional<WallTime>& time, const std::optional<WallTime>& other) {
  return !time || (other && *time >= *other);
}

void add_writers(const WorkloadObject& workload, api::TargetObservation& into) {
  for (const kube::FieldsEntry& entry : workload.replicas_writers) {
    if (!into.last_writer || is_newer(entry.time, into.last_writer->time)) {
      into.last_writer = api::ReplicasWriter{entry.manager, entry.time};
    }
    const bool ours = entry.manager == api::kFieldManager;
    if (ours && entry.time) into.our_last_write = std::max(into.our_last_write, entry.time);
  }
}

Result<WorkloadObject> read_into(WorkloadObject out, JsonCursor& object) {
  const auto read = object.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "metadata") {
      return store(kube::read_object_meta(value,
                                          [&](std::string_view field, JsonCursor& fields) {
                                            return field == "managedFields"
                                                       ? read_writers(fields, out)
                                                       : Result<void>();
                                          }),
                   out.meta);
    }
    const auto part = key == "spec"     ? read_spec(value, out)
                      : key == "status" ? read_status(value, out)
                                        : Result<void>();
    if (!part && out.defect.empty()) out.defect = part.error().message;
    return {};
  });
  if (!read) return read.error();
  if (out.meta.key.name.empty()) return object.error("metadata is missing");
  return out;
}

}  // namespace

const kube::Resource& deployment_resource() {
  static const kube::Resource resource{"apps", "v1", "deployments", "Deployment"};
  return resource;
}

const kube::Resource& stateful_set_resource() {
  static const kube::Resource resource{"apps", "v1", "statefulsets", "StatefulSet"};
  return resource;
}

Result<WorkloadObject> read_deployment(JsonCursor& object) {
  return read_into({}, object);
}

Result<WorkloadObject> read_stateful_set(JsonCursor& object) {
  WorkloadObject stateful_set;
  stateful_set.update.emplace();
  return read_into(std::move(stateful_set), object);
}

Result<api::TargetObservation> observation_of(const WorkloadObject& workload) {
  if (!workload.defect.empty()) return fail(ErrorKind::Invalid, workload.defect);
  if (!workload.spec_replicas) {
    return fail(ErrorKind::Invalid, "spec.replicas: is missing; set it to 0 or more");
  }
  const auto spec = checked("spec.replicas", *workload.spec_replicas);
  if (!spec) return spec.error();
  const auto ready = checked("status.readyReplicas", workload.ready_replicas);
  if (!ready) return ready.error();
  const auto updated = checked("status.updatedReplicas", workload.updated_replicas);
  if (!updated) return updated.error();

  api::TargetObservation out;
  out.uid = workload.meta.uid;
  out.resource_version = workload.meta.resource_version;
  out.created = workload.meta.created;
  out.spec_replicas = *spec;
  out.ready_replicas = *ready;
  out.updated_replicas = *updated;
  out.rollout = rollout_of(workload);
  add_writers(workload, out);
  out.controller_owner = workload.meta.controller_owner;
  out.resources = workload.resources;
  out.being_deleted = workload.meta.being_deleted;
  return out;
}

}  // namespace evalscaler::targets
