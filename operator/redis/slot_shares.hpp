// SPDX-License-Identifier: Apache-2.0
// Which slots go where, so that every master that stays has its share.
//
// Deterministic: the same view gives the same answer, so that two executors and a restart agree.
// Pure: thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "redis/cluster_view.hpp"
#include "redis/journal.hpp"

namespace evalscaler::redis {

// Bytes (or anything proportional to them) per slot; empty = every slot counts the same.
using SlotWeights = std::vector<std::uint64_t>;

// The next slots to move, at most 1024 in at most 32 ranges. Down: off every master that does
// not stay, to those with the least. Up: from those above their share to those below. Empty
// when nothing (more) is to be moved.
std::vector<Assignment> plan_batch(const Journal& journal, const ClusterView& view,
                                   const SlotWeights& weights);
// All that is to be moved from here on, however much it is.
std::vector<Assignment> plan_all(const Journal& journal, const ClusterView& view,
                                 const SlotWeights& weights);
std::int64_t slots_in(const std::vector<Assignment>& batch);

// How many slots the whole plan moves from here on; for progress.
std::int64_t slots_to_move(const Journal& journal, const ClusterView& view,
                           const SlotWeights& weights);

}  // namespace evalscaler::redis
