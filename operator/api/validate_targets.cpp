// SPDX-License-Identifier: Apache-2.0
// What validate() finds in what a tier says of its target.
#include "api/problems.hpp"

namespace evalscaler::api {
namespace {

constexpr std::size_t kMaxObjectName = 253;
constexpr Replicas kFewestShards = 3;  // a Redis Cluster needs three masters for a majority

bool is_stateful_set(const Tier& tier) {
  return tier.target.api_version == "apps/v1" && tier.target.kind == "StatefulSet";
}

void check_block(const Tier& tier, const std::string& field, Problems& out) {
  const bool has_block = tier.stateful_set || tier.redis_cluster;
  if (has_block && !is_stateful_set(tier)) {
    out.add(field + ".scaleTargetRef",
            "statefulSet and redisCluster are for a scaleTargetRef of kind StatefulSet; correct "
            "the kind or leave them out");
    return;
  }
  if (!is_stateful_set(tier)) return;
  if (tier.stateful_set && tier.redis_cluster) {
    out.add(field + ".statefulSet", "a tier has one of statefulSet and redisCluster, take out one");
  } else if (!has_block) {
    out.add(field + ".statefulSet",
            "a StatefulSet loses its highest ordinals, whatever they hold: add redisCluster if it "
            "runs Redis Cluster, or statefulSet: {ordinalRemovalIsSafe: true} if its pods may go");
  } else if (tier.stateful_set && !tier.stateful_set->ordinal_removal_is_safe) {
    out.add(field + ".statefulSet.ordinalRemovalIsSafe",
            "must be true: only who knows what runs in the pods can say so");
  }
}

}  // namespace

void check_target(const Tier& tier, const std::string& field, Problems& out) {
  check_block(tier, field, out);
  if (!tier.redis_cluster) return;
  const RedisClusterBlock& redis = *tier.redis_cluster;
  const std::string block = field + ".redisCluster";
  if (tier.min_replicas < kFewestShards) {
    out.add(field + ".minReplicas",
            "must be 3 or more with redisCluster: a Redis Cluster needs "
            "three masters");
  }
  out.whole(block + ".replicasPerShard", redis.replicas_per_shard, 0, 5);
  out.whole(block + ".port", redis.port, 1, 65535);
  out.whole(block + ".maxKeyBytes", redis.max_key_bytes, 1, 512LL << 20);
  out.length(block + ".username", redis.username, kMaxName);
  if (!redis.password_secret) return;
  out.name(block + ".passwordSecret.name", redis.password_secret->name, kMaxObjectName, "-.");
  if (redis.password_secret->key.empty()) {
    out.add(block + ".passwordSecret.key", "is missing; name the key that holds the password");
  }
  out.length(block + ".passwordSecret.key", redis.password_secret->key, kMaxObjectName);
}

}  // namespace evalscaler::api
