// SPDX-License-Identifier: Apache-2.0
// What is in a slot, before it is touched: how many keys, which, and how large.
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "core/result.hpp"
#include "redis/node_connections.hpp"
#include "redis/slot_commands.hpp"

namespace evalscaler::redis {

struct SlotPreview {
  Slot slot = 0;
  std::int64_t count = 0;
  std::vector<SizedKey> keys;  // the first ones, or all
};

struct SourceNode {
  Address address;
  NodeConnections& connections;
  const std::stop_token& stop;
};

// Counts and the first `keys_each` keys of many slots, in a few round trips.
Result<std::vector<SlotPreview>> look_at_slots(const std::vector<Slot>& slots,
                                               std::int64_t keys_each, const SourceNode& source);

// All keys of a slot with `count` of them; no more than 250,000, since the list alone would
// hold its node up. The size of one that has expired meanwhile is 0.
Result<std::vector<SizedKey>> list_keys(Slot slot, std::int64_t count, const SourceNode& source);

}  // namespace evalscaler::redis
