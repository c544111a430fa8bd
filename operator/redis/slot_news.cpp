// SPDX-License-Identifier: Apache-2.0
#include "redis/slot_news.hpp"

#include <algorithm>

#include "redis/slots.hpp"

namespace evalscaler::redis {
namespace {

// It takes about a millisecond.
constexpr std::chrono::milliseconds kBetweenLooks{5};

bool all_of(const std::vector<Slot>& slots, const ClusterNodes& nodes, std::string_view owner) {
  const ClusterNode* node = nodes.find(owner);
  if (node == nullptr) return false;
  const SlotSet owned = to_set(node->slots);
  return std::all_of(slots.begin(), slots.end(), [&](Slot slot) { return owned[slot]; });
}

}  // namespace

Result<bool> has_heard(const NodePlace& node, const std::vector<Slot>& slots,
                       std::string_view owner, NodeConnections& connections, Clock& clock,
                       std::chrono::milliseconds patience, const std::stop_token& stop) {
  const SteadyTime deadline = clock.steady() + patience;
  for (;;) {
    const auto told = connections.ask(node.address, {{"CLUSTER", "NODES"}}, stop);
    if (!told) return told.error();
    const auto nodes = parse_cluster_nodes(told->front().text);
    if (!nodes) return nodes.error();
    if (all_of(slots, *nodes, owner)) return true;
    if (clock.steady() >= deadline || !clock.sleep_for(kBetweenLooks, stop)) return false;
  }
}

}  // namespace evalscaler::redis
