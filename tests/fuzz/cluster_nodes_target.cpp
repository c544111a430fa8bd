// SPDX-License-Identifier: Apache-2.0
#include "redis/cluster_nodes.hpp"

#include <set>
#include <string>

#include "fuzz/claim.hpp"
#include "fuzz/targets.hpp"

namespace evalscaler::fuzz {

void cluster_nodes(std::string_view input) {
  const auto map = redis::parse_cluster_nodes(input);
  if (!map) return claim_message(map.error().message);
  std::set<std::string> ids;
  redis::SlotSet owned;
  int selves = 0;
  for (const redis::ClusterNode& node : map->nodes) {
    claim(node.id.size() == 40 && ids.insert(node.id).second, "a node twice, or without an id");
    selves += node.myself ? 1 : 0;
    for (const redis::SlotRange& range : node.slots) {
      claim(range.first <= range.last && range.last < redis::kSlotCount, "no range of slots");
      const redis::SlotSet slots = redis::to_set({range});
      claim((owned & slots).none(), "a slot with two owners");
      owned |= slots;
    }
    claim(node.slots.empty() || node.master, "a replica with slots");
  }
  claim(selves == 1 && map->myself().myself, "not one node is \"myself\"");
  for (const redis::OpenSlot& open : map->open) {
    claim(open.slot < redis::kSlotCount && open.other_id.size() == 40, "no open slot");
  }
}

}  // namespace evalscaler::fuzz
