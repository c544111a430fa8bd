// SPDX-License-Identifier: Apache-2.0
// The commands of a simulated node, with the refusals of Redis 7.0.
#include <algorithm>

#include "simulation/redis/redis_world.hpp"

namespace evalscaler::simulation {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const wire::RedisReply kOk = wire::RedisReply::status("OK");

wire::RedisReply refuse(const std::string& why) {
  return wire::RedisReply::error("ERR " + why);
}

Slot slot_word(const std::string& word) {
  return static_cast<Slot>(std::stoi(word));
}

}  // namespace

RedisWorld::Reply RedisWorld::execute(RedisNode& node, const Command& command) {
  const std::string& verb = command.front();
  if (verb == "CLUSTER") return cluster(node, command);
  if (verb == "INFO") return Reply::bulk(info(node));
  if (verb == "MIGRATE") return migrate(node, command);
  if (verb == "CLIENT") return client(node, command);
  if (verb == "ROLE") {
    return Reply::array({Reply::bulk(node.master == kNobody ? "master" : "slave")});
  }
  if (verb == "ASKING") return kOk;
  if (verb == "DEL") return delete_import(node, command.at(1));
  if (verb == "MEMORY") {
    return node.data.contains(command.at(2)) ? Reply::number(1'000) : Reply{};
  }
  if (verb == "CONFIG" && command.at(1) == "GET") {
    return Reply::array({Reply::bulk("cluster-node-timeout"),
                         Reply::bulk(std::to_string(kNodeTimeout.count())),
                         Reply::bulk("cluster-allow-replica-migration"),
                         Reply::bulk(node.replica_migration ? "yes" : "no")});
  }
  if (verb == "CONFIG" && command.at(2) == "cluster-allow-replica-migration") {
    node.replica_migration = command.at(3) == "yes";
    return kOk;
  }
  // Of COMMAND INFO: it knows none of those that came later.
  if (verb == "COMMAND") return Reply::array(std::vector<Reply>(command.size() - 2));
  throw Violation("the simulated Redis does not know " + verb);
}

RedisWorld::Reply RedisWorld::cluster(RedisNode& node, const Command& command) {
  const std::string& what = command.at(1);
  if (what == "NODES") return Reply::bulk(cluster_nodes(node));
  if (what == "INFO") return Reply::bulk(cluster_info(node));
  if (what == "SETSLOT") return set_slot(node, command);
  if (what == "MEET") return meet(node, command.at(2));
  if (what == "FORGET") return forget(node, command.at(2));
  if (what == "REPLICATE") return replicate_command(node, command.at(2));
  if (what == "FAILOVER") return fail_over(node);
  if (what == "RESET") return reset(node);
  if (what == "BUMPEPOCH") {
    bump_epoch(node);
    return kOk;
  }
  if (what == "COUNTKEYSINSLOT") {
    const Slot slot = slot_word(command.at(2));
    const auto keys = keys_in_slot(node, slot, node.data.size());
    return Reply::number(static_cast<std::int64_t>(keys.items.size()));
  }
  if (what == "GETKEYSINSLOT") {
    return keys_in_slot(node, slot_word(command.at(2)),
                        static_cast<std::size_t>(std::stoll(command.at(3))));
  }
  throw Violation("the simulated Redis does not know CLUSTER " + what);
}

RedisWorld::Reply RedisWorld::keys_in_slot(const RedisNode& node, Slot slot,
                                           std::size_t most) const {
  std::vector<Reply> keys;
  for (auto at = node.data.lower_bound("k" + std::to_string(slot) + "-");
       at != node.data.end() && slot_of_key(at->first) == slot && keys.size() < most; ++at) {
    keys.push_back(Reply::bulk(at->first));
  }
  return Reply::array(std::move(keys));
}

RedisWorld::Reply RedisWorld::set_slot(RedisNode& node, const Command& command) {
  if (node.master != kNobody) return refuse("You can use SETSLOT only with masters.");
  const Slot slot = slot_word(command.at(2));
  const std::string& what = command.at(3);
  if (what == "STABLE") {
    node.migrating.erase(slot);
    node.importing.erase(slot);
    ++node.revision;
    return kOk;
  }
  const std::string& id = command.at(4);
  const NodeIndex other = find(id);
  const bool known = other == node.index ||
                     (other != kNobody && node.peers[static_cast<std::size_t>(other)].known);
  const bool mine = node.owner[slot] == node.index;
  if (what == "MIGRATING" && !mine) {
    return refuse("I'm not the owner of hash slot " + std::to_string(slot));
  }
  if (what == "IMPORTING" && mine) {
    return refuse("I'm already the owner of hash slot " + std::to_string(slot));
  }
  if (!known) return refuse("I don't know about node " + id);
  if (other != node.index && node.peers[static_cast<std::size_t>(other)].master != kNobody) {
    return refuse("Target node is not a master");
  }
  ++node.revision;
  if (what == "MIGRATING") {
    node.migrating[slot] = other;
  } else if (what == "IMPORTING") {
    node.importing[slot] = other;
  } else {
    return set_slot_owner(node, slot, other);
  }
  return kOk;
}

void RedisWorld::bump_epoch(RedisNode& node) {
  std::int64_t highest = node.epoch;
  for (const Peer& peer : node.peers) highest = std::max(highest, peer.known ? peer.epoch : 0);
  if (node.epoch == 0 || node.epoch != highest || node.current_epoch > node.epoch) {
    node.epoch = node.current_epoch = std::max(node.current_epoch, highest) + 1;
    ++node.revision;
  }
}

RedisWorld::Reply RedisWorld::set_slot_owner(RedisNode& node, Slot slot, NodeIndex to) {
  const bool mine = node.owner[slot] == node.index;
  const bool holds = node.holds_keys_of(slot);
  if (mine && to != node.index && holds) {
    return refuse("Can't assign hashslot " + std::to_string(slot) +
                  " to a different node while I still hold keys for this hash slot.");
  }
  if (!holds) node.migrating.erase(slot);
  node.owner[slot] = static_cast<std::int8_t>(to);
  ++node.revision;
  if (to == node.index && node.importing.erase(slot) > 0) {
    bump_epoch(node);
    for (RedisNode& other : nodes_) {  // told at once; who misses it learns it by gossip
      if (other.index != node.index && reach(other, node) && random_.chance(0.9)) hear(other, node);
    }
  }
  if (mine && to != node.index && node.replica_migration && !node.owns_slots()) {
    follow(node, to);
  }
  return kOk;
}

RedisWorld::Reply RedisWorld::meet(RedisNode& node, const std::string& host) {
  RedisNode* other = on_pod(std::stoi(host.substr(host.rfind('.') + 1)) - 10);
  if (other == nullptr || other->index == node.index) return kOk;
  Peer& peer = node.peers[static_cast<std::size_t>(other->index)];
  if (peer.known || peer.handshake) return kOk;
  peer.handshake = true;
  peer.handshake_since = now();
  ++node.revision;
  return kOk;
}

RedisWorld::Reply RedisWorld::forget(RedisNode& node, const std::string& id) {
  const NodeIndex other = find(id);
  if (other == node.index) {
    return refuse("I tried hard but I can't forget myself...");
  }
  if (other == kNobody || !node.peers[static_cast<std::size_t>(other)].known) {
    return refuse("Unknown node " + id);
  }
  if (node.master == other) return refuse("Can't forget my master!");
  Peer& peer = node.peers[static_cast<std::size_t>(other)];
  peer = {};
  peer.banned_until = now() + seconds(60);
  forget_slots_of(node, other);
  return kOk;
}

RedisWorld::Reply RedisWorld::replicate_command(RedisNode& node, const std::string& id) {
  const NodeIndex other = find(id);
  if (other == kNobody ||
      (other != node.index && !node.peers[static_cast<std::size_t>(other)].known)) {
    return refuse("Unknown node " + id);
  }
  if (other == node.index) return refuse("Can't replicate myself");
  if (node.peers[static_cast<std::size_t>(other)].master != kNobody) {
    return refuse("I can only replicate a master, not a replica.");
  }
  if (node.master == kNobody && (node.owns_slots() || !node.data.empty())) {
    return refuse("To set a master the node must be empty and without assigned slots.");
  }
  follow(node, other);
  return kOk;
}

// Agreed with the master, which stops writing until its replica has everything.
RedisWorld::Reply RedisWorld::fail_over(RedisNode& node) {
  if (node.master == kNobody) return refuse("You should send CLUSTER FAILOVER to a replica");
  const RedisNode& master = this->node(node.master);
  if (node.peers[static_cast<std::size_t>(node.master)].failed || !node.in_sync ||
      !reach(node, master)) {
    return refuse("Master is down or failed, please use CLUSTER FAILOVER FORCE");
  }
  const NodeIndex replica = node.index;
  const NodeIndex was = node.master;
  schedule_.after(random_.time(milliseconds(50), milliseconds(1'500)), [this, replica, was] {
    RedisNode& heir = this->node(replica);
    if (heir.master != was || !heir.in_sync || !reach(heir, this->node(was)) ||
        this->node(was).master != kNobody || !elected(heir)) {
      return;
    }
    std::int64_t epoch = heir.current_epoch;
    for (const RedisNode& other : nodes_) {
      if (reach(heir, other)) epoch = std::max(epoch, other.current_epoch);
    }
    promote(heir, epoch + 1);
  });
  return kOk;
}

RedisWorld::Reply RedisWorld::reset(RedisNode& node) {
  if (node.master == kNobody && !node.data.empty()) {
    return refuse("CLUSTER RESET can't be called with master nodes containing keys");
  }
  node.data.clear();
  node.master = kNobody;
  node.in_sync = false;
  node.migrating.clear();
  node.importing.clear();
  node.owner.fill(kNobody);
  node.peers = {};
  ++node.revision;
  return kOk;
}

RedisWorld::Reply RedisWorld::restore(RedisNode& target, const std::string& key,
                                      std::int64_t version, bool replace) {
  const Slot slot = slot_of_key(key);
  if (target.master != kNobody) return Reply::error("READONLY You can't write against a replica");
  if (target.owner[slot] != target.index && !target.importing.contains(slot)) {
    return Reply::error("MOVED " + std::to_string(slot) + " somewhere");
  }
  if (!replace && target.data.contains(key)) {
    return Reply::error("BUSYKEY Target key name already exists.");
  }
  store(target, key, version);
  return kOk;
}

RedisWorld::Reply RedisWorld::migrate(RedisNode& node, const Command& command) {
  const std::string& host = command.at(1);
  const bool replace = std::find(command.begin(), command.end(), "REPLACE") != command.end();
  const auto words = std::find(command.begin(), command.end(), "KEYS");
  std::vector<std::string> keys(words + 1, command.end());
  const Slot slot = slot_of_key(keys.front());
  if (node.master != kNobody ||
      (node.owner[slot] != node.index && !node.importing.contains(slot))) {
    return Reply::error("MOVED " + std::to_string(slot) + " somewhere");
  }
  std::erase_if(keys, [&](const std::string& key) { return !node.data.contains(key); });
  if (keys.empty()) return Reply::status("NOKEY");
  RedisNode* target = on_pod(std::stoi(host.substr(host.rfind('.') + 1)) - 10);
  const bool broken = random_.chance(migrate_faults);
  if (target == nullptr || !target->running || !reach(node, *target) || broken) {
    // Some arrived, some may arrive yet; none of them was deleted here.
    if (target != nullptr && target->running && !target->cut_off && !node.cut_off) {
      for (const std::string& key : keys) {
        const std::int64_t version = node.data.at(key);
        if (answers(*target) && random_.chance(0.5))
          restore(*target, key, version, replace);
        else if (random_.chance(0.3))
          leave_late_restore(*target, {0, key, version, replace});
      }
    }
    return Reply::error("IOERR error or timeout reading to target instance");
  }
  Reply answer = kOk;
  for (const std::string& key : keys) {
    const Reply restored = restore(*target, key, node.data.at(key), replace);
    if (restored.is_error()) {
      answer = refuse("Target instance replied with error: " + restored.text);
    } else {
      erase(node, key);
    }
  }
  return answer;
}

// After ASKING, and of a slot that is marked as imported: nobody has a reason to delete another.
RedisWorld::Reply RedisWorld::delete_import(RedisNode& node, const std::string& key) {
  const Slot slot = slot_of_key(key);
  const NodeIndex owner = node.owner[slot];
  if (owner == node.index || owner == kNobody || !node.importing.contains(slot)) {
    return Reply::error("MOVED " + std::to_string(slot) + " somewhere");
  }
  if (!this->node(owner).data.contains(key)) {
    throw Violation("deletes " + key + ", which its owner does not have");
  }
  const bool there = node.data.contains(key);
  if (there) erase(node, key);
  return Reply::number(there ? 1 : 0);
}

void RedisWorld::leave_late_restore(RedisNode& target, LateRestore late) {
  late.client = ++clients_;
  late_.emplace_back(target.index, late);
  const Nanos thaw = std::max<Nanos>(target.frozen_until - now(), Nanos(0));
  schedule_.after(thaw + random_.time(milliseconds(1), seconds(3)), [this, id = late.client] {
    const auto at = std::find_if(late_.begin(), late_.end(),
                                 [&](const auto& entry) { return entry.second.client == id; });
    if (at == late_.end()) return;
    const auto [index, arrived] = *at;
    late_.erase(at);
    RedisNode& reader = this->node(index);
    if (answers(reader)) restore(reader, arrived.key, arrived.version, arrived.replace);
  });
}

RedisWorld::Reply RedisWorld::client(RedisNode& node, const Command& command) {
  if (command.at(1) == "KILL") {
    const std::int64_t id = std::stoll(command.at(3));
    std::erase_if(late_, [&](const auto& entry) { return entry.second.client == id; });
    return Reply::number(1);
  }
  std::string lines;
  for (const auto& [index, late] : late_) {
    if (index != node.index) continue;
    lines += "id=" + std::to_string(late.client) + " addr=x fd=8 cmd=restore-asking\n";
  }
  return Reply::bulk(lines);
}

}  // namespace evalscaler::simulation
