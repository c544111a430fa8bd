// SPDX-License-Identifier: Apache-2.0
// RedisNode: one simulated Redis process (7.0): its data, what it believes of the cluster, and
// the marks of slots on their way. A value; RedisWorld gives it its behaviour.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "redis/slots.hpp"
#include "simulation/virtual_clock.hpp"

namespace evalscaler::simulation {

using redis::Slot;
using NodeIndex = int;  // of a node id, never used again
inline constexpr NodeIndex kNobody = -1;
inline constexpr int kMostNodes = 32;

// Keys are named "k<slot>-<number>", so that nobody has to compute hashes.
Slot slot_of_key(const std::string& key);

struct Peer {
  bool known = false;
  bool handshake = false;
  SteadyTime handshake_since;
  bool suspected = false;  // "fail?"
  bool failed = false;     // "fail"
  NodeIndex master = kNobody;
  std::int64_t epoch = 0;
  SteadyTime heard;
  SteadyTime banned_until;  // by FORGET
};

struct RedisNode {
  NodeIndex index = 0;
  int pod = 0;
  std::string id;
  bool running = true;
  SteadyTime frozen_until;
  bool cut_off = false;                // from the other nodes
  bool cut_off_from_operator = false;  // and from clients

  NodeIndex master = kNobody;  // nobody: it is one
  bool in_sync = false;        // of a replica: has all that its master has
  SteadyTime sync_until;
  std::map<std::string, std::int64_t> data;  // key -> version
  std::array<Peer, kMostNodes> peers{};
  std::array<std::int8_t, redis::kSlotCount> owner{};
  std::map<Slot, NodeIndex> migrating;
  std::map<Slot, NodeIndex> importing;
  std::int64_t current_epoch = 0;
  std::int64_t epoch = 0;
  NodeIndex outbid = kNobody;  // whom it took the same epoch from
  bool replica_migration = true;
  bool set_by_former_leader = false;  // that option, by a process that did not lead any more

  std::int64_t revision = 1;  // of its map: moves with every change
  // What was the case when a peer's slots were last taken over.
  std::array<std::pair<std::int64_t, std::int64_t>, kMostNodes> heard_revision{};
  std::int64_t shown_revision = 0;
  std::string shown;  // CLUSTER NODES

  int slot_count() const;  // that it claims itself
  bool owns_slots() const;

  bool holds_keys_of(Slot slot) const;
};

// What is on its way to a node from a MIGRATE that was cut off.
struct LateRestore {
  std::int64_t client = 0;
  std::string key;
  std::int64_t version = 0;
  bool replace = false;
};

}  // namespace evalscaler::simulation
