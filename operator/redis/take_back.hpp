// SPDX-License-Identifier: Apache-2.0
// take_back: keys that a failover left on a master that owns no slot are brought to their owners.
//
// A replica that takes over has copies of the keys of slots that were open at its master. If that
// one closes them after all they are served there, and the copies by nobody; but no plan may
// throw a node with keys away. MIGRATE, never with REPLACE: what an owner does not have it is
// given; of what it has it knows the newer version, and only then the copy is deleted. MIGRATE
// and DEL work on slots of others as long as they are marked as imported.
#pragma once

#include <stop_token>

#include "redis/action.hpp"
#include "redis/node_connections.hpp"

namespace evalscaler::redis {

// As much as fits into one visit; the rest is found by the next one. Marks that it has set are
// taken off again, and those of `action.open` too.
Result<void> take_back(const TakeBack& action, NodeConnections& connections,
                       const std::stop_token& stop);

}  // namespace evalscaler::redis
