// SPDX-License-Identifier: Apache-2.0
// The objects of the simulated cluster as structs, and as the JSON that the operator reads.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/object_key.hpp"
#include "simulation/revision_log.hpp"
#include "simulation/settings.hpp"

namespace evalscaler::simulation {

// One entry of managedFields that owns spec.replicas.
struct FieldOwner {
  std::string manager;
  std::string subresource;
  std::optional<WallTime> time;  // writes through /scale carry none
};

struct SimulatedDeployment {
  ObjectKey key;
  std::string uid;
  Revision revision = 0;
  WallTime created;
  std::int64_t generation = 1;
  std::int64_t replicas = 1;
  std::int64_t observed_generation = 1;
  std::int64_t pods = 1;
  std::int64_t ready = 1;
  std::optional<FieldOwner> owner;
};

// A HorizontalPodAutoscaler on a Deployment.
struct SimulatedAutoscaler {
  ObjectKey key;
  std::string uid;
  Revision revision = 0;
  std::string target;
};

struct SimulatedService {
  ServiceSettings spec;
  std::string uid;
  Revision revision = 0;
  std::int64_t generation = 1;
  std::map<std::string, std::string> status;  // member -> its JSON
};

std::string json_of(const SimulatedDeployment& deployment);
std::string json_of(const SimulatedService& service);
std::string json_of(const SimulatedAutoscaler& autoscaler);
std::string status_json(const SimulatedService& service);
// autoscaling/v1 Scale: 0 replicas are left out.
std::string scale_json(const SimulatedDeployment& deployment);

}  // namespace evalscaler::simulation
