// SPDX-License-Identifier: Apache-2.0
#include "redis/plan.hpp"

#include <algorithm>
#include <map>
#include <numeric>
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

int replicas_on_staying(const Journal& journal, const ClusterView& view, const Member& master) {
  int count = 0;
  for (const Member* replica : view.replicas_of(master.report->id())) {
    if (replica->pod.ordinal < staying_pods(journal)) ++count;
  }
  return count;
}

// How many of its replicas `master` can do without.
int replicas_to_spare(const Journal& journal, const ClusterView& view, const Member& master) {
  const bool kept = journal.keeps(master.report->id());
  const int all = static_cast<int>(view.replicas_of(master.report->id()).size());
  if (!kept && view.slots_of(master).none()) return all;
  return (kept ? replicas_on_staying(journal, view, master) : all) - journal.replicas_per_shard;
}

// A staying node that no slot rests on, and no master that still needs it.
bool free_for_replica(const Journal& journal, const ClusterView& view, const Member& member) {
  if (!member.report || member.pod.ordinal >= staying_pods(journal) ||
      journal.keeps(member.report->id()) || !ClusterView::attached(member)) {
    return false;
  }
  if (member.report->master) return view.slots_of(member).none() && member.report->keys == 0;
  const Member* master = view.find(member.report->map.myself().master_id);
  return master != nullptr && replicas_to_spare(journal, view, *master) > 0;
}

// How many nodes of the master's shard would be lost together with `candidate`'s machine.
int sharing_a_host(const ClusterView& view, const Member& master, const Member& candidate) {
  if (candidate.pod.host.empty()) return 0;
  int count = master.pod.host == candidate.pod.host ? 1 : 0;
  for (const Member* replica : view.replicas_of(master.report->id())) {
    const bool another = replica->pod.ordinal != candidate.pod.ordinal;
    if (another && replica->pod.host == candidate.pod.host) ++count;
  }
  return count;
}

std::vector<const Member*> kept_masters(const Journal& journal, const ClusterView& view) {
  std::vector<const Member*> out;
  for (const Member& member : view.members()) {
    if (member.report && member.report->master && journal.keeps(member.report->id())) {
      out.push_back(&member);
    }
  }
  return out;
}

}  // namespace

int staying_pods(const Journal& journal) {
  return journal.to_pods;
}

std::vector<std::string> choose_kept(const ClusterView& view, int pods, std::size_t masters) {
  std::vector<const Member*> staying;
  std::vector<const Member*> heirs;  // replicas that stay, of masters that go
  for (const Member& member : view.members()) {
    if (!member.report || !member.report->master || view.slots_of(member).none()) continue;
    if (member.pod.ordinal < pods) {
      staying.push_back(&member);
      continue;
    }
    for (const Member* replica : view.replicas_of(member.report->id())) {
      if (replica->pod.ordinal >= pods || !replica->report->master_link_up) continue;
      heirs.push_back(replica);
      break;
    }
  }
  // Nothing is moved to a master that is alone if there are others. The ones with the most keys
  // stay: the others are the cheapest to drain.
  const auto worth = [&](const Member* member) {
    const auto replicas = view.replicas_of(member->report->id());
    const bool alone = std::none_of(replicas.begin(), replicas.end(), [](const Member* replica) {
      return replica->report->master_link_up;
    });
    return std::pair(!alone, member->report->keys);
  };
  std::stable_sort(staying.begin(), staying.end(),
                   [&](const Member* a, const Member* b) { return worth(a) > worth(b); });
  staying.insert(staying.end(), heirs.begin(), heirs.end());
  if (staying.size() > masters) staying.resize(masters);
  std::vector<std::string> refs;
  for (const Member* member : staying) refs.push_back(node_ref(member->report->id()));
  std::sort(refs.begin(), refs.end());
  return refs;
}

std::vector<std::string> choose_masters(const Journal& journal, const ClusterView& view) {
  const auto masters = static_cast<std::size_t>(journal.to_pods / (journal.replicas_per_shard + 1));
  auto refs = choose_kept(view, journal.to_pods, masters);
  for (const Member& member : view.members()) {
    if (refs.size() == masters) break;
    if (!member.report || !member.report->master || view.slots_of(member).any()) continue;
    refs.push_back(node_ref(member.report->id()));
  }
  return refs;
}

void replace_lost(Journal& journal, const ClusterView& view) {
  for (std::string& lost : journal.keep) {
    if (view.find(lost) != nullptr) continue;
    for (const Member& member : view.members()) {
      const bool stays = member.pod.ordinal < journal.to_pods;
      if (!stays || !member.report || !member.report->master || view.slots_of(member).none()) {
        continue;
      }
      const std::string& id = member.report->id();
      if (journal.keeps(id) || journal.is_victim(id)) continue;
      lost = node_ref(id);
      break;
    }
  }
}

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

// Among the masters that lack most, whoever can have a replica on a machine of its own.
std::optional<ReplicaChange> next_replica(const Journal& journal, const ClusterView& view) {
  const auto masters = kept_masters(journal, view);
  int fewest = journal.replicas_per_shard;
  for (const Member* master : masters) {
    fewest = std::min(fewest, replicas_on_staying(journal, view, *master));
  }
  if (fewest >= journal.replicas_per_shard) return {};
  std::optional<ReplicaChange> best;
  int least_shared = 0;
  for (const Member* master : masters) {
    if (replicas_on_staying(journal, view, *master) > fewest) continue;
    for (const Member& member : view.members()) {
      if (!free_for_replica(journal, view, member)) continue;
      const int shared = sharing_a_host(view, *master, member);
      if (best && shared >= least_shared) continue;
      best = ReplicaChange{&member, master};
      least_shared = shared;
    }
  }
  return best;
}

int free_replicas(const Journal& journal, const ClusterView& view) {
  int count = 0;
  std::map<const Member*, int> taken;
  for (const Member& member : view.members()) {
    if (!free_for_replica(journal, view, member)) continue;
    if (!member.report->master) {
      const Member* master = view.find(member.report->map.myself().master_id);
      if (++taken[master] > replicas_to_spare(journal, view, *master)) continue;
    }
    ++count;
  }
  return count;
}

std::optional<Refusal> missing_replica(const Journal& journal, const ClusterView& view) {
  for (const Member* master : kept_masters(journal, view)) {
    const int count = replicas_on_staying(journal, view, *master);
    if (count >= journal.replicas_per_shard) continue;
    return Refusal{Reason::ReplicaMissing, master->name(), count,
                   "master " + master->name() + " would have " + std::to_string(count) + " of " +
                       std::to_string(journal.replicas_per_shard) +
                       " replicas on the pods that stay"};
  }
  return {};
}

}  // namespace evalscaler::redis
