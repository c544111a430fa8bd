// SPDX-License-Identifier: Apache-2.0
#include "redis/preflight.hpp"

#include <algorithm>
#include <optional>

#include "redis/kept_masters.hpp"
#include "redis/replica_placement.hpp"
#include "redis/slot_shares.hpp"

namespace evalscaler::redis {
namespace {

constexpr std::int64_t kMaxLag = std::int64_t{1} << 20;
constexpr int kFewestMasters = 3;

using Refusals = std::vector<Refusal>;

bool unreachable(const ClusterView& view, const StatefulSetFacts& facts, Refusals& out) {
  const std::size_t before = out.size();
  for (int ordinal = 0; ordinal < facts.replicas; ++ordinal) {
    const Member* member = view.at(ordinal);
    const std::string name = "#" + std::to_string(ordinal);
    if (member == nullptr) {
      out.push_back({Reason::PodMissing, name, 0, "pod " + name + " does not exist (yet)"});
    } else if (!member->report) {
      out.push_back(member->trouble);
    }
  }
  return out.size() != before;
}

void unhealthy(const Member& member, Refusals& out) {
  const NodeReport& report = *member.report;
  if (report.loading) {
    out.push_back({Reason::NodeLoading, member.name(), 0, member.name() + " loads its data"});
  }
  if (!report.cluster_ok) {
    out.push_back(
        {Reason::ClusterNotOk, member.name(), 0, member.name() + " says cluster_state is not ok"});
  }
  for (const ClusterNode& node : report.map.nodes) {
    const std::string other = node_ref(node.id);
    if (node.failed || node.possibly_failed) {
      out.push_back(
          {Reason::NodeFailing, other, 0, member.name() + " sees node " + other + " as failing"});
    }
    if (node.handshake || !node.address) {
      out.push_back({Reason::HandshakePending, other, 0,
                     member.name() + " does not know node " + other + " yet"});
    }
  }
}

// A pod that goes may have left the cluster already (a plan that was stopped); one that stays
// may not.
void outside(const Member& member, int staying, Refusals& out) {
  if (member.pod.ordinal < staying) {
    out.push_back(
        {Reason::NotJoined, member.name(), 0, "pod " + member.name() + " is not in the cluster"});
  } else if (member.report->keys != 0) {
    out.push_back({Reason::NotVirgin, member.name(), member.report->keys,
                   "pod " + member.name() + " is not in the cluster and holds " +
                       std::to_string(member.report->keys) + " keys"});
  }
}

void strangers(const ClusterView& view, Refusals& out) {
  const auto attached = view.attached_members();
  if (attached.empty()) return;
  for (const ClusterNode& node : attached.front()->report->map.nodes) {
    if (view.find(node.id) != nullptr) continue;
    out.push_back({Reason::StrangerInCluster, node_ref(node.id), 0,
                   "node " + node_ref(node.id) + " is in the cluster and is none of its pods"});
  }
}

void unreplicated(const ClusterView& view, const Member& master, Refusals& out) {
  int in_sync = 0;
  std::optional<Refusal> lagging;
  for (const Member* replica : view.replicas_of(master.report->id())) {
    const auto lag = view.lag(*replica);
    if (!replica->report->master_link_up || !lag) continue;
    if (*lag <= kMaxLag) {
      ++in_sync;
    } else {
      lagging =
          Refusal{Reason::ReplicaLagging, replica->name(), *lag,
                  "replica " + replica->name() + " is " + std::to_string(*lag) + " bytes behind"};
    }
  }
  if (in_sync > 0) return;
  out.push_back(lagging ? *lagging
                        : Refusal{Reason::ReplicaMissing, master.name(), 0,
                                  "master " + master.name() + " has no replica in sync"});
}

// Of those that stay. One that goes may be alone: what it has is about to be moved to masters
// that are not. One that stays and has no replica at all is given one before anything moves, as
// a shard is left that fell apart into two masters; if there is one to give.
void without_replica(const ClusterView& view, Journal journal, Refusals& out) {
  if (journal.keep.empty()) journal.keep = choose_masters(journal, view);
  int spare = free_replicas(journal, view);
  for (const Member& member : view.members()) {
    if (!member.report || !member.report->master || view.slots_of(member).none()) continue;
    if (!journal.keeps(member.report->id())) continue;
    if (spare > 0 && view.replicas_of(member.report->id()).empty()) {
      --spare;
    } else {
      unreplicated(view, member, out);
    }
  }
}

void evicting(const ClusterView& view, const PlanRequest& request, Refusals& out) {
  for (const Member* member : view.attached_members()) {
    const auto before = request.evicted_before.find(member->report->id());
    if (before == request.evicted_before.end()) continue;
    const std::int64_t evicted = member->report->evicted_keys - before->second;
    if (evicted <= 0) continue;
    out.push_back(
        {Reason::KeysEvicted, member->name(), evicted,
         member->name() + " evicted " + std::to_string(evicted) + " keys since the last look"});
  }
}

// Room for what is drained, shared out evenly: three quarters of the smaller limit.
void too_full(const ClusterView& view, const Journal& journal, Refusals& out) {
  std::int64_t drained = 0;
  for (const Member& member : view.members()) {
    const bool gives = member.report && !journal.keeps(member.report->id());
    if (gives && view.slots_of(member).any()) drained += member.report->used_bytes;
  }
  const auto receivers = static_cast<std::int64_t>(journal.keep.size());
  for (const std::string& ref : journal.keep) {
    const Member& member = *view.find(ref);
    std::optional<std::int64_t> limit = member.pod.memory_limit;
    if (const std::int64_t own = member.report->max_bytes; own > 0) {
      limit = std::min(limit.value_or(own), own);
    }
    const std::int64_t after = member.report->used_bytes + drained / receivers;
    if (!limit) {
      out.push_back({Reason::MemoryLimitUnknown, member.name(), after,
                     member.name() + " has neither maxmemory nor a memory limit"});
    } else if (after > *limit / 4 * 3) {
      out.push_back({Reason::MemoryTooHigh, member.name(), after,
                     member.name() + " would hold " + std::to_string(after) + " of " +
                         std::to_string(*limit) + " bytes, more than 75 %"});
    }
  }
}

void unsafe_cluster(const ClusterView& view, int staying, const PlanRequest& request,
                    Refusals& out) {
  for (const Member& member : view.members()) {
    if (!member.report) continue;
    if (!ClusterView::attached(member)) {
      outside(member, staying, out);
      continue;
    }
    unhealthy(member, out);
  }
  strangers(view, out);
  if (auto refusal = view.disagreement()) out.push_back(*refusal);
  if (auto refusal = view.coverage()) out.push_back(*refusal);
  if (const auto open = view.open_slots(); !open.empty()) {
    out.push_back({Reason::OpenSlotsOfOthers, open.front().member->name(),
                   static_cast<std::int64_t>(open.size()),
                   "slot " + std::to_string(open.front().slot.slot) + " is open on " +
                       open.front().member->name() + ", and not by a plan of ours"});
  }
  evicting(view, request, out);
}

// What the journal of a shrinking cluster says of its nodes.
void name_nodes(const ClusterView& view, Journal& journal, Refusals& out) {
  const int shard = journal.replicas_per_shard + 1;
  const auto masters = static_cast<std::size_t>(journal.to_pods / shard);
  journal.keep = choose_kept(view, journal.to_pods, masters);
  if (journal.keep.size() < masters) {
    out.push_back({Reason::TooFewMasters, "", static_cast<std::int64_t>(journal.keep.size()),
                   "only " + std::to_string(journal.keep.size()) + " of " +
                       std::to_string(masters) + " masters could stay"});
    return;
  }
  for (const Member& member : view.members()) {
    if (member.pod.ordinal >= journal.to_pods) {
      journal.victims.push_back(node_ref(member.report->id()));
    }
  }
  too_full(view, journal, out);
}

// The first of the pods at the end that are not in the cluster (yet), as a plan leaves them that
// was stopped while it grew; `pods` if all are in. Slots are on none of them or above.
int joined_pods(const ClusterView& view, int pods) {
  int joined = pods;
  for (const Member& member : view.members()) {
    if (member.pod.ordinal >= pods) break;
    if (joined == pods && !ClusterView::attached(member)) joined = member.pod.ordinal;
    if (member.pod.ordinal >= joined && view.slots_of(member).any()) return pods;
  }
  return joined;
}

Journal draft(const ClusterView& view, const StatefulSetFacts& facts, const PlanRequest& request) {
  Journal journal;
  const int shard = request.replicas_per_shard + 1;
  const int have = facts.replicas / shard;
  journal.plan_id = request.plan_id;
  journal.epoch = request.epoch;
  journal.stateful_set_uid = facts.uid;
  journal.replicas_per_shard = request.replicas_per_shard;
  journal.direction = request.to_shards >= have ? Direction::Up : Direction::Down;
  journal.from_pods = facts.replicas;
  int step = request.to_shards > have ? 1 : request.to_shards < have ? -1 : 0;
  if (const int joined = joined_pods(view, facts.replicas);
      step >= 0 && joined < facts.replicas && joined >= shard * kFewestMasters) {
    journal.from_pods = joined;
    step = 0;
  }
  journal.to_pods = (have + step) * shard;
  // Decided by the majority: one node may have been missed when it was last restored.
  int forbidden = 0;
  const auto attached = view.attached_members();
  for (const Member* member : attached) forbidden += member->report->replica_migration ? 0 : 1;
  const bool no = !attached.empty() && forbidden * 2 > static_cast<int>(attached.size());
  journal.replica_migration_before = no ? "no" : "yes";
  return journal;
}

}  // namespace

std::vector<Refusal> refused_by(const StatefulSetFacts& facts) {
  Refusals out;
  if (!facts.owner.empty()) {
    out.push_back({Reason::ForeignOwner, "", 0,
                   "the StatefulSet is managed by " + facts.owner + ": scale that instead"});
  }
  if (facts.updating) {
    out.push_back({Reason::RollingUpdate, "", 0, "a rolling update is under way"});
  }
  if (facts.disruptions_allowed && *facts.disruptions_allowed <= 0) {
    out.push_back({Reason::DisruptionBudget, "", 0,
                   "a PodDisruptionBudget over its pods allows no disruption now"});
  }
  return out;
}

std::variant<Journal, std::vector<Refusal>> begin_plan(const ClusterView& view,
                                                       const StatefulSetFacts& facts,
                                                       const PlanRequest& request) {
  Refusals out = refused_by(facts);
  if (request.to_shards < kFewestMasters) {
    out.push_back(
        {Reason::TooFewMasters, "", request.to_shards, "a Redis Cluster needs at least 3 masters"});
  }
  if (facts.replicas % (request.replicas_per_shard + 1) != 0) {
    out.push_back({Reason::ReplicasEdited, "", facts.replicas,
                   std::to_string(facts.replicas) + " pods are no whole number of shards of " +
                       std::to_string(request.replicas_per_shard + 1)});
  }
  if (unreachable(view, facts, out) || !out.empty()) return out;
  Journal journal = draft(view, facts, request);
  const int staying = std::min(journal.from_pods, journal.to_pods);
  unsafe_cluster(view, staying, request, out);
  if (journal.direction == Direction::Down && out.empty()) name_nodes(view, journal, out);
  without_replica(view, journal, out);
  if (!out.empty()) return out;
  journal.total_slots = slots_to_move(journal, view, {});
  // A batch adds at most 32 ranges and as many references.
  constexpr std::size_t kBatchRoom = 32 * 12 + 32 * 45;
  if (const auto size = to_json(journal).size() + kBatchRoom; size > kJournalLimit) {
    return Refusals{{Reason::TooManyShards, "", static_cast<std::int64_t>(size),
                     "the cluster has too many shards for a journal of 4 KiB"}};
  }
  return journal;
}

}  // namespace evalscaler::redis
