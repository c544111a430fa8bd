// SPDX-License-Identifier: Apache-2.0
#include "redis/forecast.hpp"

#include <algorithm>
#include <utility>

#include "redis/mean_key_size.hpp"

namespace evalscaler::redis {
namespace {

std::int64_t bytes_of(const SlotWeights& weights, Slot slot) {
  return weights.empty() ? 0 : static_cast<std::int64_t>(weights[slot]);
}

class Sum {
 public:
  explicit Sum(const ClusterView& view) : mean_(view) {}
  void add(const Member* from, const Member* to, std::int64_t bytes) {
    auto at = std::find_if(moves_.begin(), moves_.end(), [&](const ForecastMove& move) {
      return move.from == from && move.to == to;
    });
    if (at == moves_.end()) at = moves_.insert(moves_.end(), {from, to, 0, 0, 0});
    ++at->slots;
    at->bytes += bytes;
  }
  std::vector<ForecastMove> take() {
    // Slots are weighed by their keys and what one of them needs: this is the way back.
    for (ForecastMove& move : moves_) move.keys = move.bytes / mean_.of(*move.from->report);
    return std::move(moves_);
  }

 private:
  MeanKeySize mean_;
  std::vector<ForecastMove> moves_;
};

// Each master keeps an equal share of all there is, from its first slot on.
void give_to_newcomers(const Journal& journal, const ClusterView& view, const SlotWeights& weights,
                       Sum& sum) {
  const auto weight = [&](Slot slot) { return 1 + bytes_of(weights, slot); };
  std::int64_t total = 0;
  for (Slot slot = 0; slot < kSlotCount; ++slot) total += weight(slot);
  const std::int64_t share = total / (journal.to_pods / (journal.replicas_per_shard + 1));
  for (const Member& member : view.members()) {
    if (!member.report || !member.report->master) continue;
    std::int64_t kept = 0;
    for (const Slot slot : to_list(view.slots_of(member))) {
      kept += weight(slot);
      if (kept > share) sum.add(&member, nullptr, bytes_of(weights, slot));
    }
  }
}

// A replica that stays takes over all it has: nothing moves.
bool has_heir(const Journal& journal, const ClusterView& view, const Member& master) {
  const auto replicas = view.replicas_of(master.report->id());
  return std::any_of(replicas.begin(), replicas.end(),
                     [&](const Member* replica) { return journal.keeps(replica->report->id()); });
}

}  // namespace

std::vector<ForecastMove> forecast(const Journal& journal, const ClusterView& view,
                                   const SlotWeights& weights) {
  Sum sum(view);
  if (journal.direction == Direction::Up) {
    give_to_newcomers(journal, view, weights, sum);
    return sum.take();
  }
  for (const Assignment& assignment : plan_all(journal, view, weights)) {
    for (const Slot slot : to_list(to_set(assignment.slots))) {
      const Member* from = view.claimant(slot);
      if (has_heir(journal, view, *from)) continue;
      sum.add(from, view.find(assignment.target), bytes_of(weights, slot));
    }
  }
  return sum.take();
}

}  // namespace evalscaler::redis
