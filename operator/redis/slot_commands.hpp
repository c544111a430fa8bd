// SPDX-License-Identifier: Apache-2.0
// The Redis commands that move slots and keys, as words.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "redis/cluster_nodes.hpp"
#include "redis/slots.hpp"
#include "wire/redis_connection.hpp"

namespace evalscaler::redis {

struct SizedKey {
  std::string name;
  std::int64_t bytes = 0;
};

// CLUSTER SETSLOT slot IMPORTING|MIGRATING|NODE id, for each of them.
std::vector<wire::RedisCommand> setslot_all(const std::vector<Slot>& slots, const std::string& what,
                                            const std::string& id);
// CLUSTER SETSLOT slot STABLE, for each of them: takes open marks away.
std::vector<wire::RedisCommand> setslot_stable(const std::vector<Slot>& slots);
wire::RedisCommand keys_in(Slot slot, std::int64_t at_most);
wire::RedisCommand count_keys_in(Slot slot);
std::vector<wire::RedisCommand> count_keys_in(const std::vector<Slot>& slots);

// Whether keys that are at the target already are written over.
enum class MigrateMode { KeepExisting, Replace };
wire::RedisCommand migrate_command(const std::vector<SizedKey>& keys, const Address& target,
                                   const wire::RedisAccess& access, MigrateMode mode,
                                   std::chrono::milliseconds io_timeout);

}  // namespace evalscaler::redis
