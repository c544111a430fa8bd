// SPDX-License-Identifier: Apache-2.0
#include "redis/migration_engine.hpp"

namespace evalscaler::redis {

Result<AtomicMigration> detect_atomic_migration(const Address& node, NodeConnections& connections,
                                                const std::stop_token& stop) {
  // A command that is not known is answered with nil in its place.
  const auto replies = connections.ask(
      node, {{"COMMAND", "INFO", "cluster|migration", "cluster|migrateslots"}}, stop);
  if (!replies) return replies.error();
  const auto& items = replies->front().items;
  const auto known = [&](std::size_t i) {
    return i < items.size() && items[i].type == wire::RedisReply::Type::Array &&
           !items[i].items.empty();
  };
  if (known(0)) return AtomicMigration::Redis;
  return known(1) ? AtomicMigration::Valkey : AtomicMigration::None;
}

std::string_view engine_note(AtomicMigration server) {
  switch (server) {
    case AtomicMigration::None:
      return "";
    case AtomicMigration::Redis:
      return "the server knows CLUSTER MIGRATION (Redis 8.4); the classic engine is used";
    case AtomicMigration::Valkey:
      return "the server knows CLUSTER MIGRATESLOTS (Valkey 9); the classic engine is used";
  }
  return "";
}

}  // namespace evalscaler::redis
