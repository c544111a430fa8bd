// SPDX-License-Identifier: Apache-2.0
#include "redis/slot_steps.hpp"

#include <algorithm>
#include <set>

namespace evalscaler::redis {
namespace {

std::vector<Slot> slots_of_batch(const Journal& journal) {
  SlotSet slots;
  for (const Assignment& assignment : journal.batch) slots |= to_set(assignment.slots);
  return to_list(slots);
}

bool open_on(const Member& member, Slot slot) {
  const auto& open = member.report->map.open;
  return std::any_of(open.begin(), open.end(),
                     [&](const OpenSlot& entry) { return entry.slot == slot; });
}

bool imports(const Member& member, Slot slot) {
  const auto& open = member.report->map.open;
  return std::any_of(open.begin(), open.end(), [&](const OpenSlot& entry) {
    return entry.slot == slot && entry.side == OpenSlot::Side::Importing;
  });
}

// Who, of the masters, does not know yet that `target` owns `slot`, or has it open.
bool known_by_all(const ClusterView& view, const Member& target, Slot slot) {
  for (const Member* member : view.attached_members()) {
    if (open_on(*member, slot)) return false;
    if (!member->report->master) continue;
    if (view.owner_seen_by(*member, slot) != target.report->id()) return false;
  }
  return true;
}

const Member* holder_of_open(const ClusterView& view, const Member& target, Slot slot) {
  for (const Member* member : view.attached_members()) {
    if (member != &target && member->report->master && open_on(*member, slot)) return member;
  }
  return nullptr;
}

bool taken_back(const Journal& journal, const HeldOpen& open) {
  return !journal.taken_back_from.empty() && open.slot.side == OpenSlot::Side::Importing &&
         open.member->report->id().starts_with(journal.taken_back_from);
}

// By the journal: importing at its target, or migrating to it, or to what was the target before
// its replica took over. An import "from" a node that was replaced by its replica is still ours.
bool ours(const Journal& journal, const ClusterView& view, const HeldOpen& open) {
  if (taken_back(journal, open)) return true;
  const std::string_view target = journal.target_of(open.slot.slot);
  if (target.empty()) return false;
  const Member* heir = heir_of(view, target);
  if (open.slot.side == OpenSlot::Side::Importing) {
    return open.member == heir || open.member->report->id().starts_with(target);
  }
  if (std::string_view(open.slot.other_id).starts_with(target)) return true;
  return heir != nullptr && heir_of(view, open.slot.other_id) == heir;
}

}  // namespace

NodePlace place_of(const Member& member) {
  return {member.report->id(), member.pod.address};
}

const Member* heir_of(const ClusterView& view, std::string_view id_or_ref) {
  const Member* member = view.find(id_or_ref);
  if (member == nullptr || member->report->master) return member;
  const Member* master = view.find(member->report->map.myself().master_id);
  return master != nullptr && master->report->master ? master : nullptr;
}

void adopt_heirs(Journal& journal, const ClusterView& view, Adopted which) {
  for (Assignment& assignment : journal.batch) {
    if (which == Adopted::OnlyOfOthers && journal.keeps(assignment.target)) continue;
    const Member* heir = heir_of(view, assignment.target);
    if (heir != nullptr && heir != view.find(assignment.target)) {
      assignment.target = node_ref(heir->report->id());
    }
  }
}

std::optional<Refusal> foreign_slot(const Journal& journal, const ClusterView& view) {
  for (const HeldOpen& open : view.open_slots()) {
    if (ours(journal, view, open)) continue;
    return Refusal{Reason::OpenSlotsOfOthers, open.member->name(), open.slot.slot,
                   "slot " + std::to_string(open.slot.slot) + " is open on " + open.member->name() +
                       ", and not by this plan"};
  }
  for (const Slot slot : slots_of_batch(journal)) {
    if (view.claimant(slot) != nullptr) continue;
    return Refusal{Reason::SlotsUncovered, "", slot,
                   "slot " + std::to_string(slot) + " belongs to no pod"};
  }
  return {};
}

std::optional<Action> take_keys_back(Journal& journal, const ClusterView& view) {
  const Member* holder = nullptr;
  for (const Member& member : view.members()) {
    const NodeReport& report = *member.report;
    const bool goes = !journal.keeps(report.id()) && ClusterView::attached(member);
    const bool begun = !report.map.open.empty();
    if (!report.master || !goes || view.slots_of(member).any()) continue;
    if (holder == nullptr && (report.keys != 0 || begun)) holder = &member;
  }
  journal.taken_back_from = holder == nullptr ? "" : node_ref(holder->report->id());
  if (holder == nullptr) return {};
  TakeBack action{place_of(*holder), {}, {}};
  for (const OpenSlot& open : holder->report->map.open) action.open.push_back(open.slot);
  for (const Member& member : view.members()) {
    const SlotSet& slots = view.slots_of(member);
    if (slots.any()) action.owners.push_back({place_of(member), to_ranges(slots)});
  }
  return action;
}

std::optional<Action> finish_slots(const Journal& journal, const ClusterView& view) {
  for (const Assignment& assignment : journal.batch) {
    const Member* target = view.find(assignment.target);
    if (target == nullptr) continue;
    FinishSlots action{place_of(*target), {}, {}, {}};
    const Member* source = nullptr;
    for (const Slot slot : to_list(to_set(assignment.slots))) {
      if (!view.slots_of(*target)[slot] || known_by_all(view, *target, slot)) continue;
      const Member* holder = holder_of_open(view, *target, slot);
      if (!action.slots.empty() && holder != source) continue;
      source = holder;
      action.slots.push_back(slot);
      if (source != nullptr && imports(*source, slot)) action.imported.push_back(slot);
    }
    if (action.slots.empty()) continue;
    if (source != nullptr) action.source = place_of(*source);
    return action;
  }
  return {};
}

std::optional<Action> move_slots(const Journal& journal, const ClusterView& view, Which which,
                                 const SlotSet& begun) {
  SlotSet open = begun;
  for (const HeldOpen& entry : view.open_slots()) open.set(entry.slot.slot);
  std::optional<MoveSlots> action;
  const Member* from = nullptr;
  for (const bool wanted_open : {true, false}) {
    if (!wanted_open && which == Which::OnlyOpen) break;
    for (const Assignment& assignment : journal.batch) {
      const Member* target = view.find(assignment.target);
      if (target == nullptr) continue;
      for (const Slot slot : to_list(to_set(assignment.slots))) {
        const Member* source = view.claimant(slot);
        if (open[slot] != wanted_open || source == nullptr || view.slots_of(*target)[slot]) {
          continue;
        }
        if (!action) {
          from = source;
          action = MoveSlots{place_of(*source), place_of(*target), {}, {}};
        }
        if (source == from && action->target.id == target->report->id()) {
          action->slots.push_back(slot);
          const bool sees_source = view.owner_seen_by(*target, slot) == source->report->id();
          if (open_on(*target, slot) && !sees_source) action->misled.push_back(slot);
        }
      }
    }
  }
  if (!action) return {};
  return *action;
}

}  // namespace evalscaler::redis
