// SPDX-License-Identifier: Apache-2.0
// The part of a shrinking plan in which the pods that go leave the cluster, empty.
#pragma once

#include <optional>

#include "redis/action.hpp"
#include "redis/cluster_view.hpp"
#include "redis/journal.hpp"

namespace evalscaler::redis {

// A pod that goes and owns slots, or is a master with keys. (A replica's keys are its
// master's.)
std::optional<Refusal> victims_not_empty(const Journal& journal, const ClusterView& view);

// Some node that stays has forgotten one that goes, and that one does not know: it lasts only
// a minute, then gossip brings the node back.
bool forgetting_begun(const Journal& journal, const ClusterView& view);

// What is left to forget on the nodes that stay; then what is left to reset of those that go.
std::optional<Action> forget_victims(const Journal& journal, const ClusterView& view);
std::optional<Action> reset_victims(const Journal& journal, const ClusterView& view);

}  // namespace evalscaler::redis
