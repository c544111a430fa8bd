// SPDX-License-Identifier: Apache-2.0
// Surroundings: what Kubernetes says of a Redis StatefulSet right now: its own numbers, its
// pods, the budgets over them, and the password.
//
// Read live, not from a cache: what is destroyed on the strength of it is gone. Needs the rights
// get on statefulsets and secrets, list on pods and poddisruptionbudgets.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "api/target_blocks.hpp"
#include "core/object_key.hpp"
#include "core/result.hpp"
#include "kube/kube_api.hpp"
#include "redis/cluster_view.hpp"
#include "redis/stateful_set_facts.hpp"

namespace evalscaler::targets {

struct Surroundings {
  redis::StatefulSetFacts facts;
  std::string resource_version;          // of the StatefulSet
  std::vector<redis::PodPlace> pods;     // those that have an address, leaving ones included
  std::vector<std::string> addressless;  // pods that have none yet
};

// Errors name the object; Unavailable where trying again may help.
Result<Surroundings> look_around(kube::KubeApi& api, const ObjectKey& stateful_set,
                                 const api::RedisClusterBlock& block, const std::stop_token& stop);

// Empty if the block names no Secret. Invalid if the Secret has no such key. The password is in
// no error.
Result<std::string> read_password(kube::KubeApi& api, const std::string& space,
                                  const api::RedisClusterBlock& block, const std::stop_token& stop);

}  // namespace evalscaler::targets
