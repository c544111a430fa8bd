// SPDX-License-Identifier: Apache-2.0
#include "redis/joining.hpp"

#include <algorithm>

#include "redis/slot_steps.hpp"

namespace evalscaler::redis {
namespace {

const ClusterNode* entry_of(const Member& in, const Member& other) {
  const ClusterNode* known = in.report->map.find(other.report->id());
  return known != nullptr && !known->handshake ? known : nullptr;
}

bool known_to_all(const ClusterView& view, const Member& newcomer) {
  return std::all_of(view.members().begin(), view.members().end(),
                     [&](const Member& member) { return entry_of(member, newcomer) != nullptr; });
}

bool shaking_hands(const Member& member) {
  const auto& nodes = member.report->map.nodes;
  return std::any_of(nodes.begin(), nodes.end(),
                     [](const ClusterNode& node) { return node.handshake; });
}

// Empty and a stranger to all others; or already one of us.
std::optional<Refusal> brings_something(const ClusterView& view, const Member& member) {
  const NodeReport& report = *member.report;
  const bool known =
      std::any_of(view.members().begin(), view.members().end(), [&](const Member& other) {
        return &other != &member && other.report->map.find(report.id()) != nullptr;
      });
  std::int64_t strangers = 0;
  for (const ClusterNode& node : report.map.nodes) {
    if (!node.handshake && view.find(node.id) == nullptr) ++strangers;
  }
  if (strangers != 0) {
    return Refusal{Reason::NotVirgin, member.name(), strangers,
                   "new pod " + member.name() + " knows " + std::to_string(strangers) +
                       " nodes of another cluster (an old volume?)"};
  }
  if (known || (report.keys == 0 && view.slots_of(member).none())) return {};
  return Refusal{Reason::NotVirgin, member.name(), report.keys,
                 "new pod " + member.name() + " brings " + std::to_string(report.keys) +
                     " keys with it (an old volume?)"};
}

}  // namespace

std::optional<Action> join_pods(const Journal& journal, const ClusterView& view) {
  const Member* via = nullptr;
  for (const Member& member : view.members()) {
    if (member.pod.ordinal >= journal.from_pods) break;
    if (!ClusterView::attached(member)) {
      return Hold{
          {Reason::NotJoined, member.name(), 0, "pod " + member.name() + " is not in the cluster"}};
    }
    if (via == nullptr) via = &member;
  }
  if (via == nullptr) return {};
  Meet meet{place_of(*via), {}};
  const Member* waiting = nullptr;
  for (const Member& member : view.members()) {
    if (member.pod.ordinal < journal.from_pods) continue;
    if (auto refusal = brings_something(view, member)) return Hold{*refusal};
    if (known_to_all(view, member)) continue;
    waiting = &member;
    // A second introduction while the first is under way would only prolong it.
    const bool met = entry_of(*via, member) != nullptr && entry_of(member, *via) != nullptr;
    if (!met && !shaking_hands(member)) meet.newcomers.push_back(place_of(member));
  }
  if (!meet.newcomers.empty()) return meet;
  if (waiting == nullptr) return {};
  return Wait{{Reason::HandshakePending, waiting->name(), 0,
               "not every node knows pod " + waiting->name() + " yet"},
              std::chrono::seconds(120)};
}

}  // namespace evalscaler::redis
