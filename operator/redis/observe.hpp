// SPDX-License-Identifier: Apache-2.0
// observe: asks every pod, one round trip each, and makes a ClusterView of what they say.
#pragma once

#include <stop_token>
#include <vector>

#include "redis/cluster_view.hpp"
#include "redis/journal.hpp"
#include "redis/node_connections.hpp"

namespace evalscaler::redis {

// Fails only if stop was requested: a pod that does not answer is part of the view.
Result<ClusterView> observe(const std::vector<PodPlace>& pods, NodeConnections& connections,
                            const std::stop_token& stop);

// Bytes per slot: keys per slot (each master counts its own) times the mean size of a key
// (mean_key_size.hpp). Empty slots weigh nothing.
Result<std::vector<std::uint64_t>> weigh_slots(const ClusterView& view,
                                               NodeConnections& connections,
                                               const std::stop_token& stop);

// Slots of the batch of which their target has keys while it does not own them: their move was
// begun, whether or not a mark tells of it.
Result<SlotSet> find_begun(const Journal& journal, const ClusterView& view,
                           NodeConnections& connections, const std::stop_token& stop);

}  // namespace evalscaler::redis
