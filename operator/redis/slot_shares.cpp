// SPDX-License-Identifier: Apache-2.0
#include "redis/slot_shares.hpp"

#include <algorithm>
#include <utility>

namespace evalscaler::redis {
namespace {

constexpr std::size_t kMaxRanges = 32;
constexpr std::size_t kMaxSlots = 1024;

std::uint64_t weight_of(const SlotWeights& weights, Slot slot) {
  // One for the slot itself: empty ones are shared out too.
  return 1 + (weights.empty() ? 0 : weights[slot]);
}

std::uint64_t weight_of(const SlotWeights& weights, const SlotSet& slots) {
  std::uint64_t sum = 0;
  for (const Slot slot : to_list(slots)) sum += weight_of(weights, slot);
  return sum;
}

struct Receiver {
  const Member* member = nullptr;
  std::int64_t room = 0;  // weight it may still take; negative once it has more than its share
};

struct Donor {
  const Member* member = nullptr;
  std::int64_t surplus = 0;
};

struct Shares {
  std::vector<Receiver> receivers;
  std::vector<Donor> donors;
};

// Down: every master that does not stay gives all it has. Up: who has more than its share gives
// the difference; a fiftieth of a share is left where it is.
Shares share_out(const Journal& journal, const ClusterView& view, const SlotWeights& weights) {
  Shares out;
  std::uint64_t total = 0;
  std::vector<std::pair<const Member*, std::int64_t>> kept;
  for (const Member& member : view.members()) {
    if (!member.report) continue;
    const SlotSet& slots = view.slots_of(member);
    const std::uint64_t weight = weight_of(weights, slots);
    total += weight;
    if (journal.keeps(member.report->id()) && member.report->master) {
      kept.emplace_back(&member, static_cast<std::int64_t>(weight));
    } else if (slots.any()) {
      out.donors.push_back({&member, static_cast<std::int64_t>(weight)});
    }
  }
  if (kept.empty()) return {};
  const auto share = static_cast<std::int64_t>(total / kept.size());
  for (const auto& [member, weight] : kept) {
    const bool up = journal.direction == Direction::Up;
    if (up && weight > share) out.donors.push_back({member, weight - share});
    if (!up || weight < share - share / 50) out.receivers.push_back({member, share - weight});
  }
  if (out.receivers.empty()) out.donors.clear();
  return out;
}

// Writes slot after slot into assignments, one per receiver, until a limit is reached.
class BatchWriter {
 public:
  BatchWriter(std::size_t most_slots, std::size_t most_ranges)
      : most_slots_(most_slots), most_ranges_(most_ranges) {}

  bool add(Slot slot, const Member& target) {
    const std::string ref = node_ref(target.report->id());
    auto at = std::find_if(batch_.begin(), batch_.end(),
                           [&](const Assignment& entry) { return entry.target == ref; });
    if (at == batch_.end()) at = batch_.insert(batch_.end(), {{}, ref});
    if (!at->slots.empty() && at->slots.back().last + 1 == slot) {
      at->slots.back().last = slot;
    } else {
      if (ranges_ == most_ranges_) {
        if (at->slots.empty()) batch_.erase(at);
        return false;
      }
      at->slots.push_back({slot, slot});
      ++ranges_;
    }
    return ++slots_ < most_slots_;
  }
  std::vector<Assignment> take() { return std::move(batch_); }

 private:
  std::size_t most_slots_;
  std::size_t most_ranges_;
  std::vector<Assignment> batch_;
  std::size_t ranges_ = 0;
  std::size_t slots_ = 0;
};

std::vector<Assignment> assign(const Journal& journal, const ClusterView& view,
                               const SlotWeights& weights, BatchWriter batch) {
  Shares shares = share_out(journal, view, weights);
  const bool up = journal.direction == Direction::Up;
  for (Donor& donor : shares.donors) {
    // From the end of what it has, so that what stays keeps its beginning; one receiver is
    // filled before the next, so that few ranges come out.
    auto slots = to_list(view.slots_of(*donor.member));
    if (up) {
      std::int64_t taken = 0;
      auto from = slots.end();
      while (from != slots.begin()) {
        const auto weight = static_cast<std::int64_t>(weight_of(weights, *std::prev(from)));
        if (taken + weight > donor.surplus) break;
        taken += weight;
        --from;
      }
      slots.erase(slots.begin(), from);
    }
    Receiver* receiver = nullptr;
    for (const Slot slot : slots) {
      if (receiver == nullptr || receiver->room <= 0) {
        receiver = &*std::max_element(
            shares.receivers.begin(), shares.receivers.end(),
            [](const Receiver& a, const Receiver& b) { return a.room < b.room; });
        if (up && receiver->room <= 0) return batch.take();
      }
      receiver->room -= static_cast<std::int64_t>(weight_of(weights, slot));
      if (!batch.add(slot, *receiver->member)) return batch.take();
    }
  }
  return batch.take();
}

}  // namespace

std::vector<Assignment> plan_batch(const Journal& journal, const ClusterView& view,
                                   const SlotWeights& weights) {
  return assign(journal, view, weights, BatchWriter(kMaxSlots, kMaxRanges));
}

std::vector<Assignment> plan_all(const Journal& journal, const ClusterView& view,
                                 const SlotWeights& weights) {
  return assign(journal, view, weights, BatchWriter(kSlotCount, kSlotCount));
}

std::int64_t slots_in(const std::vector<Assignment>& batch) {
  std::int64_t count = 0;
  for (const Assignment& assignment : batch) {
    for (const SlotRange& range : assignment.slots)
      count += static_cast<std::int64_t>(range.size());
  }
  return count;
}

std::int64_t slots_to_move(const Journal& journal, const ClusterView& view,
                           const SlotWeights& weights) {
  return slots_in(plan_all(journal, view, weights));
}

}  // namespace evalscaler::redis
