// SPDX-License-Identifier: Apache-2.0
#include "redis/cluster_view.hpp"

#include <algorithm>
#include <cassert>
#include <set>

namespace evalscaler::redis {
namespace {

// Config epochs of the masters that own slots: two maps are the same only with the same ones.
std::map<std::string, std::int64_t> epochs_of(const ClusterNodes& map) {
  std::map<std::string, std::int64_t> epochs;
  for (const ClusterNode& node : map.nodes) {
    if (!node.slots.empty()) epochs[node.id] = node.config_epoch;
  }
  return epochs;
}

std::set<std::string> ids_of(const ClusterNodes& map) {
  std::set<std::string> ids;
  for (const ClusterNode& node : map.nodes) {
    if (!node.handshake) ids.insert(node.id);
  }
  return ids;
}

Refusal differs(const Member& first, const Member& other, const std::string& what) {
  return {Reason::MapsDisagree, other.name(), 0,
          "pods " + first.name() + " and " + other.name() + " see " + what};
}

}  // namespace

std::string node_ref(std::string_view id) {
  return std::string(id.substr(0, 16));
}

ClusterView::ClusterView(std::vector<Member> members) : members_(std::move(members)) {
  std::sort(members_.begin(), members_.end(),
            [](const Member& a, const Member& b) { return a.pod.ordinal < b.pod.ordinal; });
  claimed_.resize(members_.size());
  owner_.resize(members_.size());
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (!members_[i].report) continue;
    const ClusterNodes& map = members_[i].report->map;
    claimed_[i] = to_set(map.myself().slots);
    owner_[i].resize(kSlotCount);
    for (const ClusterNode& node : map.nodes) {
      const std::uint16_t number = number_of(node.id);
      for (const SlotRange& range : node.slots) {
        std::fill_n(owner_[i].begin() + range.first, range.size(), number);
      }
    }
  }
}

std::uint16_t ClusterView::number_of(const std::string& id) {
  const auto found = std::find(ids_.begin(), ids_.end(), id);
  const auto number = static_cast<std::uint16_t>(found - ids_.begin());
  if (found == ids_.end()) ids_.push_back(id);
  return number;
}

std::size_t ClusterView::index_of(const Member& member) const {
  const auto index = static_cast<std::size_t>(&member - members_.data());
  assert(index < members_.size());
  return index;
}

const Member* ClusterView::find(std::string_view id_or_ref) const {
  const Member* found = nullptr;
  for (const Member& member : members_) {
    if (id_or_ref.empty() || !member.report || !member.report->id().starts_with(id_or_ref)) {
      continue;
    }
    if (found != nullptr) return nullptr;
    found = &member;
  }
  return found;
}

const Member* ClusterView::at(int ordinal) const {
  const auto found = std::find_if(members_.begin(), members_.end(), [&](const Member& member) {
    return member.pod.ordinal == ordinal;
  });
  return found == members_.end() ? nullptr : &*found;
}

bool ClusterView::attached(const Member& member) {
  return member.report &&
         (member.report->map.nodes.size() > 1 || !member.report->map.myself().slots.empty());
}

std::vector<const Member*> ClusterView::attached_members() const {
  std::vector<const Member*> out;
  for (const Member& member : members_) {
    if (attached(member)) out.push_back(&member);
  }
  return out;
}

const SlotSet& ClusterView::slots_of(const Member& member) const {
  return claimed_[index_of(member)];
}

const Member* ClusterView::claimant(Slot slot) const {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (claimed_[i][slot]) return &members_[i];
  }
  return nullptr;
}

std::string_view ClusterView::owner_seen_by(const Member& member, Slot slot) const {
  const auto& owners = owner_[index_of(member)];
  return owners.empty() ? std::string_view{} : ids_[owners[slot]];
}

std::vector<const Member*> ClusterView::replicas_of(std::string_view id) const {
  std::vector<const Member*> out;
  for (const Member& member : members_) {
    if (member.report && !member.report->master && member.report->map.myself().master_id == id) {
      out.push_back(&member);
    }
  }
  return out;
}

std::optional<std::int64_t> ClusterView::lag(const Member& replica) const {
  if (!replica.report) return {};
  const Member* master = find(replica.report->map.myself().master_id);
  if (master == nullptr) return {};
  // Asked one after the other: a replica that was asked later may seem to be ahead.
  return std::max<std::int64_t>(
      master->report->replication_offset - replica.report->replication_offset, 0);
}

std::vector<HeldOpen> ClusterView::open_slots() const {
  std::vector<HeldOpen> out;
  for (const Member& member : members_) {
    if (!member.report) continue;
    for (const OpenSlot& slot : member.report->map.open) out.push_back({&member, slot});
  }
  return out;
}

std::optional<Refusal> ClusterView::disagreement() const {
  const auto attached = attached_members();
  if (attached.empty()) return {};
  const Member& first = *attached.front();
  const auto& owners = owner_[index_of(first)];
  const auto epochs = epochs_of(first.report->map);
  const auto ids = ids_of(first.report->map);
  for (const Member* other : attached) {
    const auto& theirs = owner_[index_of(*other)];
    if (theirs != owners) {
      const auto slot =
          std::mismatch(owners.begin(), owners.end(), theirs.begin()).first - owners.begin();
      Refusal out = differs(first, *other, "different owners of slot " + std::to_string(slot));
      out.number = slot;
      return out;
    }
    if (epochs_of(other->report->map) != epochs) {
      return differs(first, *other, "different configuration epochs");
    }
    if (ids_of(other->report->map) != ids) return differs(first, *other, "different nodes");
  }
  return {};
}

std::optional<Refusal> ClusterView::coverage() const {
  std::int64_t missing = 0;
  SlotSet seen;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const SlotSet twice = seen & claimed_[i];
    if (twice.any()) {
      return Refusal{Reason::SlotsWithTwoOwners, members_[i].name(),
                     static_cast<std::int64_t>(twice.count()),
                     "slots " + to_text(to_ranges(twice)) + " are claimed by " +
                         members_[i].name() + " and by another pod"};
    }
    seen |= claimed_[i];
  }
  missing = static_cast<std::int64_t>(kSlotCount - seen.count());
  if (missing == 0) return {};
  return Refusal{Reason::SlotsUncovered, "", missing,
                 std::to_string(missing) + " slots belong to no pod"};
}

}  // namespace evalscaler::redis
