// SPDX-License-Identifier: Apache-2.0
// TargetObservation: one scale target as its watch cache last saw it; pure data.
//
// Replicas are counted in the target's own unit (pods, shards, instances).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/clock.hpp"

namespace evalscaler::api {

using Replicas = std::int32_t;

enum class Rollout {
  Settled,  // nothing is being rolled out
  Running,  // a new template is being rolled out
  Paused,   // spec.paused
  Stuck,    // progress deadline exceeded
};

// Who last set the replicas through the scale subresource or the object (managedFields).
struct ReplicasWriter {
  std::string manager;
  std::optional<WallTime> time;
  bool operator==(const ReplicasWriter&) const = default;
};

// Resources that one replica asks for in its pod template, summed over containers; what no
// container sets is empty. cpu in cores, memory in bytes.
struct PodResources {
  std::optional<double> cpu_request;
  std::optional<double> cpu_limit;
  std::optional<double> memory_request;
  std::optional<double> memory_limit;
  bool operator==(const PodResources&) const = default;
};

struct TargetObservation {
  std::string uid;
  std::string resource_version;
  std::optional<WallTime> created;
  Replicas spec_replicas = 0;
  Replicas ready_replicas = 0;
  Replicas updated_replicas = 0;
  Rollout rollout = Rollout::Settled;
  std::optional<ReplicasWriter> last_writer;    // newest writer of spec.replicas, anybody
  std::optional<WallTime> our_last_write;       // newest write of spec.replicas by us
  std::optional<std::string> controller_owner;  // "Kind/name" of a controller ownerReference
  PodResources resources;
  bool being_deleted = false;

  bool operator==(const TargetObservation&) const = default;
};

}  // namespace evalscaler::api
