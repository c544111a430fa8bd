// SPDX-License-Identifier: Apache-2.0
// Whether a node has heard from a slot's new owner, on the cluster's own bus, that it is.
//
// Of the nodes, only the new owner is told by SETSLOT: it takes a greater epoch and says so to all
// others at once. One that was told by SETSLOT before it heard takes the owner's last packet from
// before for a sign that it does not claim the slot, and Redis 7.0 forgets neither at the next
// packet nor at the next SETSLOT. Should that node import the slot one day, the source's last
// packet would take it away again, with its keys (cluster.c, owner_not_claiming_slot).
#pragma once

#include <chrono>
#include <stop_token>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "redis/action.hpp"
#include "redis/node_connections.hpp"

namespace evalscaler::redis {

// Asks until it has, for `patience` at most.
Result<bool> has_heard(const NodePlace& node, const std::vector<Slot>& slots,
                       std::string_view owner, NodeConnections& connections, Clock& clock,
                       std::chrono::milliseconds patience, const std::stop_token& stop);

}  // namespace evalscaler::redis
