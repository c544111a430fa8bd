// SPDX-License-Identifier: Apache-2.0
// ClusterView: the live state of all pods of a Redis Cluster, from one reading, and the
// questions a plan asks of it.
//
// A value; nothing is remembered from one view to the next. A pod that did not answer is in it,
// with the reason: unreachable is never "absent".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redis/node_report.hpp"
#include "redis/reason.hpp"

namespace evalscaler::redis {

struct PodPlace {
  int ordinal = 0;
  Address address;
  std::optional<std::int64_t> memory_limit;  // of its container, bytes
  std::string host = {};                     // the machine it runs on; empty = not known
};

struct Member {
  PodPlace pod;
  std::optional<NodeReport> report;
  Refusal trouble;  // where there is no report
  std::string name() const { return "#" + std::to_string(pod.ordinal); }
};

// Of a node id, enough to be told from all others (64 of its 160 random bits): journals name
// nodes by it.
std::string node_ref(std::string_view id);

struct HeldOpen {
  const Member* member = nullptr;
  OpenSlot slot;
};

class ClusterView {
 public:
  explicit ClusterView(std::vector<Member> members);  // any order
  ClusterView(const ClusterView&) = delete;           // it points into itself
  ClusterView& operator=(const ClusterView&) = delete;
  ClusterView(ClusterView&&) = default;
  ClusterView& operator=(ClusterView&&) = default;

  const std::vector<Member>& members() const { return members_; }  // by ordinal
  const Member* find(std::string_view id_or_ref) const;
  const Member* at(int ordinal) const;

  // Knows any node but itself, or owns slots.
  static bool attached(const Member& member);
  // Attached members that a plan has to ask or tell: masters only, or all.
  std::vector<const Member*> attached_members() const;

  // What `member` itself claims to own.
  const SlotSet& slots_of(const Member& member) const;
  // Who claims it; null if nobody does. With two claimants the first by ordinal.
  const Member* claimant(Slot slot) const;
  // Owner of `slot` in the eyes of `member`; empty if none.
  std::string_view owner_seen_by(const Member& member, Slot slot) const;

  std::vector<const Member*> replicas_of(std::string_view id) const;
  // Bytes of the replication stream `replica` is behind; its master must be in the view.
  std::optional<std::int64_t> lag(const Member& replica) const;
  std::vector<HeldOpen> open_slots() const;

  // The first member that sees other owners, other epochs or other nodes than the first.
  std::optional<Refusal> disagreement() const;
  // The first slot that nobody or more than one claims.
  std::optional<Refusal> coverage() const;

 private:
  std::size_t index_of(const Member& member) const;
  std::uint16_t number_of(const std::string& id);

  std::vector<Member> members_;
  std::vector<SlotSet> claimed_;  // by member
  // By member, by slot: index into ids_. Numbers, because whole maps are compared.
  std::vector<std::vector<std::uint16_t>> owner_;
  std::vector<std::string> ids_{""};  // the first one: nobody
};

}  // namespace evalscaler::redis
