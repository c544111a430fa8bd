// SPDX-License-Identifier: Apache-2.0
// RedisClusterModel: a small model of a Redis Cluster in one process, from which views are made
// as its nodes would describe themselves. Everything is healthy until a test says otherwise.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "redis/cluster_view.hpp"
#include "redis/journal.hpp"
#include "redis/stateful_set_facts.hpp"

namespace evalscaler::fakes {

struct ModelNode {
  std::string id;
  std::string master_id;  // empty = it is a master
  redis::SlotSet slots;
  std::int64_t keys = 0;
  std::int64_t epoch = 0;
  std::int64_t used = 1'000'000;
  std::int64_t max = 100'000'000;
  std::int64_t evicted = 0;
  std::int64_t offset = 1'000;
  bool link_up = true;
  bool cluster_ok = true;
  bool loading = false;
  bool replica_migration = true;
  std::set<std::string> knows;   // ids of others
  std::set<std::string> fails;   // ids it takes for failing
  std::set<std::string> greets;  // ids in handshake
  std::vector<redis::OpenSlot> open;
  std::map<redis::Slot, std::string> believes;  // owner of a slot, where it is behind
  std::string host;                             // the machine of its pod
  std::optional<redis::Refusal> silent;         // does not answer
};

class RedisClusterModel {
 public:
  // `shards` masters (pods 0..) with one replica each (the pods after them), slots in equal parts.
  explicit RedisClusterModel(int shards) {
    for (int i = 0; i < shards * 2; ++i) nodes.push_back(fresh(i));
    for (int i = 0; i < shards; ++i) {
      const auto count = static_cast<int>(redis::kSlotCount);
      for (int s = count * i / shards; s < count * (i + 1) / shards; ++s) {
        at(i).slots.set(static_cast<std::size_t>(s));
      }
      at(i).keys = 1'000;
      at(i + shards).keys = 1'000;
      at(i + shards).master_id = at(i).id;
    }
    for (int i = 0; i < shards * 2; ++i) join(i);
  }

  static ModelNode fresh(int ordinal) {
    ModelNode node;
    const std::string digits = std::to_string(1000 + ordinal);
    for (int i = 0; i < 10; ++i) node.id += digits;
    node.epoch = ordinal + 1;
    return node;
  }
  void add_pod() { nodes.push_back(fresh(static_cast<int>(nodes.size()))); }
  // Everyone knows it, and it knows everyone.
  void join(int ordinal) {
    for (ModelNode& other : nodes) {
      if (other.id == at(ordinal).id || (other.knows.empty() && other.slots.none())) continue;
      other.knows.insert(at(ordinal).id);
      at(ordinal).knows.insert(other.id);
    }
    if (ordinal == 0) {
      for (ModelNode& other : nodes) {
        if (other.id != at(0).id) link(at(0), other);
      }
    }
  }
  static void link(ModelNode& a, ModelNode& b) {
    a.knows.insert(b.id);
    b.knows.insert(a.id);
  }

  ModelNode& at(int ordinal) { return nodes[static_cast<std::size_t>(ordinal)]; }
  std::string ref(int ordinal) { return redis::node_ref(at(ordinal).id); }
  static redis::Address address(std::size_t ordinal) {
    return {"10.0.0.1", 7000 + static_cast<int>(ordinal)};
  }

  redis::ClusterView view() const {
    std::vector<redis::Member> members;
    Ranges ranges;
    for (const ModelNode& node : nodes) ranges.push_back(redis::to_ranges(node.slots));
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      redis::Member member{{static_cast<int>(i), address(i), {}, nodes[i].host}, {}, {}};
      if (nodes[i].silent) {
        member.trouble = *nodes[i].silent;
      } else {
        member.report = report_of(i, ranges);
      }
      members.push_back(std::move(member));
    }
    return redis::ClusterView(std::move(members));
  }
  redis::StatefulSetFacts facts() const {
    return {"uid-1", static_cast<int>(nodes.size()), false, {}, ""};
  }

  // What a plan has journalled of them so far.
  redis::Journal journal(redis::Direction direction, const std::vector<int>& keep, int to_pods) {
    redis::Journal out;
    out.direction = direction;
    out.from_pods = static_cast<int>(nodes.size());
    out.to_pods = to_pods;
    for (const int ordinal : keep) out.keep.push_back(ref(ordinal));
    return out;
  }

  std::vector<ModelNode> nodes;

 private:
  using Ranges = std::vector<std::vector<redis::SlotRange>>;

  redis::NodeReport report_of(std::size_t index, const Ranges& ranges) const {
    const ModelNode& self = nodes[index];
    redis::NodeReport report;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (i != index && !self.knows.contains(nodes[i].id)) continue;
      if (i == index) report.map.self = report.map.nodes.size();
      report.map.nodes.push_back(entry(self, i, ranges[i]));
      report.map.nodes.back().myself = i == index;
    }
    report.map.open = self.open;
    report.cluster_ok = self.cluster_ok;
    report.loading = self.loading;
    report.master = self.master_id.empty();
    report.master_link_up = !report.master && self.link_up;
    report.replication_offset = self.offset;
    report.keys = self.keys;
    report.used_bytes = self.used;
    report.max_bytes = self.max;
    report.evicted_keys = self.evicted;
    report.replica_migration = self.replica_migration;
    report.node_timeout = std::chrono::milliseconds(1'000);
    return report;
  }

  redis::ClusterNode entry(const ModelNode& viewer, std::size_t index,
                           const std::vector<redis::SlotRange>& ranges) const {
    const ModelNode& node = nodes[index];
    redis::ClusterNode out;
    out.id = node.id;
    out.address = address(index);
    out.master = node.master_id.empty();
    out.master_id = node.master_id;
    out.possibly_failed = viewer.fails.contains(node.id);
    out.handshake = viewer.greets.contains(node.id);
    out.config_epoch = node.epoch;
    out.linked = true;
    out.slots = ranges;
    if (!viewer.believes.empty()) {
      redis::SlotSet slots = node.slots;
      for (const auto& [slot, owner] : viewer.believes) slots.set(slot, owner == node.id);
      out.slots = redis::to_ranges(slots);
    }
    return out;
  }
};

}  // namespace evalscaler::fakes
