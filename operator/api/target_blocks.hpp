// SPDX-License-Identifier: Apache-2.0
// What a tier says of its target beyond its name: one block per kind that needs one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace evalscaler::api {

// A StatefulSet loses its highest ordinals, whatever they hold. Only who knows what runs in it
// can say that this is safe.
struct StatefulSetBlock {
  bool ordinal_removal_is_safe = false;
  bool operator==(const StatefulSetBlock&) const = default;
};

// One key of a Secret in the service's own namespace.
struct SecretKeyRef {
  std::string name;
  std::string key;
  bool operator==(const SecretKeyRef&) const = default;
};

// A StatefulSet whose pods are the nodes of one Redis Cluster; its unit is the shard: a master
// with its replicas.
struct RedisClusterBlock {
  std::int32_t replicas_per_shard = 1;
  std::int32_t port = 6379;
  std::string username;  // empty = the default user
  std::optional<SecretKeyRef> password_secret;
  // MIGRATE blocks both ends for a key's whole length; a larger key holds the plan.
  std::int64_t max_key_bytes = 64LL << 20;
  bool operator==(const RedisClusterBlock&) const = default;

  std::int32_t pods_per_shard() const { return 1 + replicas_per_shard; }
};

}  // namespace evalscaler::api
