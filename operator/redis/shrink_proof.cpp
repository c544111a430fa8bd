// SPDX-License-Identifier: Apache-2.0
#include "redis/shrink_proof.hpp"

namespace evalscaler::redis {
namespace {

using Violation = std::optional<Refusal>;

Violation everyone_reached(const ClusterView& view, const StatefulSetFacts& facts) {
  for (int ordinal = 0; ordinal < facts.replicas; ++ordinal) {
    const Member* member = view.at(ordinal);
    const std::string name = "#" + std::to_string(ordinal);
    if (member == nullptr) {
      return Refusal{Reason::PodMissing, name, 0, "pod " + name + " was not looked at"};
    }
    if (!member->report) return member->trouble;
  }
  return {};
}

Violation nothing_on(const ClusterView& view, const Member& leaving) {
  const auto slots = static_cast<std::int64_t>(view.slots_of(leaving).count());
  if (slots != 0) {
    return Refusal{Reason::SlotsLeft, leaving.name(), slots,
                   "pod " + leaving.name() + " still owns " + std::to_string(slots) + " slots"};
  }
  if (leaving.report->keys != 0) {
    return Refusal{
        Reason::KeysLeft, leaving.name(), leaving.report->keys,
        "pod " + leaving.name() + " still holds " + std::to_string(leaving.report->keys) + " keys"};
  }
  return {};
}

Violation nobody_counts_on(const ClusterView& view, const Member& leaving, int to_pods) {
  for (const Member& member : view.members()) {
    if (member.pod.ordinal >= to_pods) continue;
    const ClusterNode* known = member.report->map.find(leaving.report->id());
    if (known == nullptr) continue;
    return Refusal{Reason::StillInCluster, leaving.name(),
                   static_cast<std::int64_t>(known->slots.size()),
                   "pod " + member.name() + " still counts " + leaving.name() + " to the cluster"};
  }
  return {};
}

Violation no_slot_open(const ClusterView& view) {
  const auto open = view.open_slots();
  if (open.empty()) return {};
  return Refusal{Reason::OpenSlotsOfOthers, open.front().member->name(),
                 static_cast<std::int64_t>(open.size()),
                 "slot " + std::to_string(open.front().slot.slot) + " is open on " +
                     open.front().member->name()};
}

// Of a master that stays: enough replicas that stay and follow it.
Violation replicated(const ClusterView& view, const Member& master, int to_pods, int wanted) {
  int count = 0;
  for (const Member* replica : view.replicas_of(master.report->id())) {
    if (replica->pod.ordinal < to_pods && replica->report->master_link_up) ++count;
  }
  if (count >= wanted) return {};
  return Refusal{Reason::ReplicaMissing, master.name(), count,
                 "master " + master.name() + " has " + std::to_string(count) + " of " +
                     std::to_string(wanted) + " replicas in sync on pods that stay"};
}

Violation whole_without(const ClusterView& view, int to_pods, int replicas_per_shard) {
  for (const Member& member : view.members()) {
    if (member.pod.ordinal >= to_pods) continue;
    if (!ClusterView::attached(member)) {
      return Refusal{Reason::NotJoined, member.name(), 0,
                     "pod " + member.name() + " is not in the cluster"};
    }
    if (!member.report->cluster_ok) {
      return Refusal{Reason::ClusterNotOk, member.name(), 0,
                     "pod " + member.name() + " says cluster_state is not ok"};
    }
    if (view.slots_of(member).none()) continue;
    if (auto violation = replicated(view, member, to_pods, replicas_per_shard)) return violation;
  }
  if (auto violation = view.coverage()) return violation;
  return view.disagreement();
}

}  // namespace

std::variant<ShrinkProof, Refusal> prove_shrink(const ClusterView& view,
                                                const StatefulSetFacts& facts, int to_pods,
                                                int replicas_per_shard) {
  if (auto violation = everyone_reached(view, facts)) return *violation;
  for (const Member& member : view.members()) {
    if (!member.report) return member.trouble;
  }
  for (const Member& member : view.members()) {
    if (member.pod.ordinal < to_pods) continue;
    if (auto violation = nothing_on(view, member)) return *violation;
    if (auto violation = nobody_counts_on(view, member, to_pods)) return *violation;
  }
  if (auto violation = no_slot_open(view)) return *violation;
  if (auto violation = whole_without(view, to_pods, replicas_per_shard)) return *violation;
  return ShrinkProof(facts.uid, facts.replicas, to_pods);
}

}  // namespace evalscaler::redis
