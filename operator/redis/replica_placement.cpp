// SPDX-License-Identifier: Apache-2.0
#include "redis/replica_placement.hpp"

#include <algorithm>
#include <map>

namespace evalscaler::redis {
namespace {

int replicas_on_staying(const Journal& journal, const ClusterView& view, const Member& master) {
  int count = 0;
  for (const Member* replica : view.replicas_of(master.report->id())) {
    if (replica->pod.ordinal < journal.to_pods) ++count;
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
  if (!member.report || member.pod.ordinal >= journal.to_pods ||
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
