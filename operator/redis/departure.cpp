// SPDX-License-Identifier: Apache-2.0
#include "redis/departure.hpp"

#include <set>

#include "redis/slot_steps.hpp"

namespace evalscaler::redis {
namespace {

bool leaves(const Journal& journal, const Member& member) {
  return member.pod.ordinal >= journal.to_pods;
}

// A node on a pod that goes; or what such a pod was before it came back empty under a new id.
bool to_be_forgotten(const Journal& journal, const ClusterView& view, const ClusterNode& node) {
  if (node.handshake) return false;
  const Member* member = view.find(node.id);
  if (member != nullptr) return leaves(journal, *member);
  return journal.is_victim(node.id) && node.slots.empty();
}

}  // namespace

std::optional<Refusal> victims_not_empty(const Journal& journal, const ClusterView& view) {
  for (const Member& member : view.members()) {
    if (!leaves(journal, member)) continue;
    if (const auto slots = view.slots_of(member).count(); slots != 0) {
      return Refusal{Reason::SlotsLeft, member.name(), static_cast<std::int64_t>(slots),
                     "pod " + member.name() + " still owns " + std::to_string(slots) + " slots"};
    }
    if (member.report->master && member.report->keys != 0) {
      return Refusal{
          Reason::KeysLeft, member.name(), member.report->keys,
          "pod " + member.name() + " still holds " + std::to_string(member.report->keys) + " keys"};
    }
  }
  return {};
}

bool forgetting_begun(const Journal& journal, const ClusterView& view) {
  for (const Member& victim : view.members()) {
    if (!leaves(journal, victim) || !ClusterView::attached(victim)) continue;
    for (const Member& member : view.members()) {
      if (!leaves(journal, member) && member.report->map.find(victim.report->id()) == nullptr) {
        return true;
      }
    }
  }
  return false;
}

std::optional<Action> forget_victims(const Journal& journal, const ClusterView& view) {
  Forget action;
  std::set<std::string> replicas;
  std::set<std::string> masters;
  for (const Member& member : view.members()) {
    if (leaves(journal, member)) continue;
    bool knows = false;
    for (const ClusterNode& node : member.report->map.nodes) {
      if (!to_be_forgotten(journal, view, node)) continue;
      knows = true;
      (node.master ? masters : replicas).insert(node.id);
    }
    if (knows) action.by.push_back(place_of(member));
  }
  if (action.by.empty()) return {};
  action.ids.assign(replicas.begin(), replicas.end());
  action.ids.insert(action.ids.end(), masters.begin(), masters.end());
  return action;
}

std::optional<Action> reset_victims(const Journal& journal, const ClusterView& view) {
  if (auto unsafe = victims_not_empty(journal, view)) return Hold{*unsafe};
  const Member* next = nullptr;
  for (const Member& member : view.members()) {
    if (!leaves(journal, member) || !ClusterView::attached(member)) continue;
    // Replicas first: while one follows its master it cannot be taken for one with data.
    if (next == nullptr || (next->report->master && !member.report->master)) next = &member;
  }
  if (next == nullptr) return {};
  return ResetSoft{place_of(*next)};
}

}  // namespace evalscaler::redis
