// SPDX-License-Identifier: Apache-2.0
#include "redis/ledger/slot_map.hpp"

#include <algorithm>
#include <utility>

namespace evalscaler::ledger {

SlotMap::SlotMap(const std::vector<redis::Address>& seeds)
    : known_(Known{seeds, std::vector<redis::Address>(redis::kSlotCount, seeds.at(0))}) {}

redis::Address SlotMap::owner(redis::Slot slot) const {
  return known_.with([&](const Known& known) { return known.owner[slot]; });
}

void SlotMap::moved(redis::Slot slot, const redis::Address& owner) {
  known_.with([&](Known& known) { known.owner[slot] = owner; });
}

// Rows of first slot, last slot, master, replicas...; a node is its address, port, id, more.
bool SlotMap::take(const wire::RedisReply& reply) {
  std::vector<redis::Address> nodes;
  std::vector<std::pair<redis::SlotRange, redis::Address>> owned;
  for (const wire::RedisReply& row : reply.items) {
    if (row.items.size() < 3) return false;
    for (std::size_t i = 2; i < row.items.size(); ++i) {
      const auto& node = row.items[i].items;
      if (node.size() < 2) return false;
      nodes.push_back({node[0].text, static_cast<int>(node[1].integer)});
      if (i > 2) continue;
      const auto bounded = [](std::int64_t slot) {
        return static_cast<redis::Slot>(std::clamp<std::int64_t>(slot, 0, redis::kSlotCount - 1));
      };
      owned.push_back(
          {{bounded(row.items[0].integer), bounded(row.items[1].integer)}, nodes.back()});
    }
  }
  if (nodes.empty()) return false;
  known_.with([&](Known& known) {
    for (const auto& [range, address] : owned) {
      for (std::size_t slot = range.first; slot <= range.last; ++slot) known.owner[slot] = address;
    }
    known.nodes = std::move(nodes);
    known.learned = true;
  });
  return true;
}

bool SlotMap::learned() const {
  return known_.with([](const Known& known) { return known.learned; });
}

std::vector<redis::Address> SlotMap::nodes() {
  return known_.with([](Known& known) {
    std::vector<redis::Address> out = known.nodes;
    const auto first = static_cast<std::ptrdiff_t>(known.first++ % out.size());
    std::rotate(out.begin(), out.begin() + first, out.end());
    return out;
  });
}

}  // namespace evalscaler::ledger
