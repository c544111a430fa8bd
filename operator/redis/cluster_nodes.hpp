// SPDX-License-Identifier: Apache-2.0
// The answer of CLUSTER NODES as values: what one node believes of all of them.
//
// Format: redis.io/commands/cluster-nodes (7.0: "id ip:port@cport,hostname flags master ping
// pong epoch link slot..."). Invalid if the text contradicts itself: a slot beyond 16383, one
// slot with two owners, a node twice, no or two "myself".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "redis/slots.hpp"
#include "wire/redis_connection.hpp"

namespace evalscaler::redis {

using Address = wire::RedisAddress;

struct ClusterNode {
  std::string id;                  // 40 hexadecimal digits
  std::optional<Address> address;  // none: "noaddr", or a node that does not know its own yet
  std::string hostname;
  bool myself = false;
  bool master = false;
  bool failed = false;           // "fail": agreed by a majority
  bool possibly_failed = false;  // "fail?": in this node's eyes
  bool handshake = false;        // met, and not yet known
  std::string master_id;         // of a replica
  std::int64_t config_epoch = 0;
  bool linked = false;
  std::vector<SlotRange> slots;
};

struct OpenSlot {
  enum class Side { Migrating, Importing };
  Slot slot = 0;
  Side side = Side::Migrating;
  std::string other_id;  // where it goes to, or comes from
  auto operator<=>(const OpenSlot&) const = default;
};

struct ClusterNodes {
  std::vector<ClusterNode> nodes;
  std::vector<OpenSlot> open;  // a node tells only its own
  std::size_t self = 0;        // index of "myself"

  const ClusterNode& myself() const { return nodes[self]; }
  const ClusterNode* find(std::string_view id) const;
};

Result<ClusterNodes> parse_cluster_nodes(std::string_view text);

}  // namespace evalscaler::redis
