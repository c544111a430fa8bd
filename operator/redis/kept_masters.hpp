// SPDX-License-Identifier: Apache-2.0
// Which masters stay when a plan is done.
//
// Deterministic: the same view gives the same answer, so that two executors and a restart agree.
// Pure: thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "redis/cluster_view.hpp"
#include "redis/journal.hpp"

namespace evalscaler::redis {

// Masters that stay when only pods below `pods` do, by node_ref; fewer than `masters` if there
// are not enough. Masters on staying pods first, then replicas there of masters that go.
std::vector<std::string> choose_kept(const ClusterView& view, int pods, std::size_t masters);

// Up: masters that own slots, those with the most keys if there are too many, and then masters
// that own none yet.
std::vector<std::string> choose_masters(const Journal& journal, const ClusterView& view);
// A master that was to stay and is gone for good (its pod came back empty, as another node), or
// that lost all it had while it was away: who took over its slots stays in its place, and is not
// drained as one that goes.
void replace_lost(Journal& journal, const ClusterView& view);

}  // namespace evalscaler::redis
