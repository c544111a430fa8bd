// SPDX-License-Identifier: Apache-2.0
// Forecast: which slots a whole plan would move from where to where, and how much that is. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "redis/cluster_view.hpp"
#include "redis/journal.hpp"
#include "redis/slot_shares.hpp"

namespace evalscaler::redis {

struct ForecastMove {
  const Member* from = nullptr;
  const Member* to = nullptr;  // null: a shard that does not exist yet
  std::int64_t slots = 0;
  std::int64_t keys = 0;
  std::int64_t bytes = 0;
};

// `weights` in bytes. Down: as the plan's batches will be, if nothing changes meanwhile. Up: what
// each master gives to the shards to come.
std::vector<ForecastMove> forecast(const Journal& journal, const ClusterView& view,
                                   const SlotWeights& weights);

}  // namespace evalscaler::redis
