// SPDX-License-Identifier: Apache-2.0
// carry_out: does what an action says to the Redis nodes. What it says to the StatefulSet, and
// waiting, is the caller's.
#pragma once

#include <stop_token>

#include "core/clock.hpp"
#include "redis/action.hpp"
#include "redis/migration_engine.hpp"
#include "redis/node_connections.hpp"

namespace evalscaler::redis {

struct RedisActors {
  NodeConnections& connections;
  MigrationEngine& engine;
  Clock& clock;
};

// Any error: look at all nodes again and take the next step from what is seen then.
Result<MoveProgress> carry_out(const Action& action, const RedisActors& actors,
                               const std::stop_token& stop);

}  // namespace evalscaler::redis
