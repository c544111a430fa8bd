// SPDX-License-Identifier: Apache-2.0
// The part of a growing plan in which new pods become members of the cluster.
#pragma once

#include <optional>

#include "redis/action.hpp"
#include "redis/cluster_view.hpp"
#include "redis/journal.hpp"

namespace evalscaler::redis {

// Meet for new pods that nobody knows yet, Wait until everyone knows everyone, Hold for a pod
// that brings something with it; nothing once all have joined. Every member must have answered.
std::optional<Action> join_pods(const Journal& journal, const ClusterView& view);

}  // namespace evalscaler::redis
