// SPDX-License-Identifier: Apache-2.0
// NodeReport: what one Redis node says of itself and of its cluster, read in one round trip.
//
// From CLUSTER NODES, CLUSTER INFO, INFO and CONFIG GET. Invalid if an answer contradicts
// itself or lacks a field that decisions rest on.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "redis/cluster_nodes.hpp"

namespace evalscaler::redis {

struct NodeReport {
  ClusterNodes map;
  bool cluster_ok = false;  // cluster_state; no proof that no key is gone
  std::int64_t current_epoch = 0;
  std::string version;  // "7.0.15"
  bool loading = false;
  bool master = false;
  bool master_link_up = false;          // of a replica, and no full synchronisation under way
  std::int64_t replication_offset = 0;  // of a replica: what it has processed
  std::int64_t keys = 0;                // of all databases (a cluster has one)
  std::int64_t used_bytes = 0;
  std::int64_t data_bytes = 0;  // without buffers and what an empty node needs, where it tells
  std::int64_t max_bytes = 0;   // maxmemory; 0 = none
  std::int64_t evicted_keys = 0;
  bool replica_migration = true;  // cluster-allow-replica-migration
  std::chrono::milliseconds node_timeout{15'000};

  const std::string& id() const { return map.myself().id; }
};

using InfoFields = std::map<std::string, std::string, std::less<>>;
// "name:value" lines of INFO and CLUSTER INFO; comments and blank lines are skipped.
InfoFields parse_info(std::string_view text);

// What read_report() wants answered, in this order.
const std::vector<wire::RedisCommand>& report_commands();
Result<NodeReport> read_report(const std::vector<wire::RedisReply>& replies);

}  // namespace evalscaler::redis
