// SPDX-License-Identifier: Apache-2.0
// MigrationEngine: how slots are moved from one master to another, keys and all.
//
// One call is one visit's share: it ends after about `visit`, between two batches of keys. What
// it leaves behind is open slots of the journal's batch, which the next call goes on with.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "redis/action.hpp"
#include "redis/node_connections.hpp"

namespace evalscaler::redis {

struct MigrationLimits {
  std::int64_t max_key_bytes = std::int64_t{64} << 20;   // larger ones hold the plan
  std::int64_t max_batch_bytes = std::int64_t{4} << 20;  // a larger key travels alone
  std::int64_t max_keys = 100;                           // in one MIGRATE
  std::chrono::milliseconds visit{1'000};
  std::chrono::milliseconds block{25};          // aimed at for one MIGRATE, which blocks both ends
  std::chrono::milliseconds io_timeout{1'000};  // of MIGRATE itself, between two bytes
};

struct MoveProgress {
  std::int64_t slots = 0;  // wholly moved
  std::int64_t keys = 0;
  std::int64_t bytes = 0;
  std::int64_t replaced_batches = 0;  // sent again over keys of an attempt that was cut off
  std::chrono::microseconds longest_block{0};
  std::optional<Refusal> held;  // why the rest cannot be moved
};

class MigrationEngine {
 public:
  virtual ~MigrationEngine() = default;
  virtual std::string_view name() const = 0;
  // OutcomeUnknown, Unavailable, Conflict: look at all nodes again and go on from there.
  virtual Result<MoveProgress> move(const MoveSlots& slots, NodeConnections& connections,
                                    const std::stop_token& stop) = 0;
};

// MIGRATE, key by key, as every Redis Cluster since 3.0 can do it. `clock` must outlive it.
std::unique_ptr<MigrationEngine> make_classic_migration(MigrationLimits limits, Clock& clock);

// What the server could do besides: atomic slot migration, of Redis 8.4 and of Valkey 9.
enum class AtomicMigration { None, Redis, Valkey };
Result<AtomicMigration> detect_atomic_migration(const Address& node, NodeConnections& connections,
                                                const std::stop_token& stop);
// For people: that the classic engine is used although the server knows a better one; empty if
// it does not.
std::string_view engine_note(AtomicMigration server);

}  // namespace evalscaler::redis
