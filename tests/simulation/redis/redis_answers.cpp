// SPDX-License-Identifier: Apache-2.0
// What a simulated node says of itself, in the words of Redis 7.0.
#include "simulation/redis/redis_world.hpp"

namespace evalscaler::simulation {
namespace {

std::string place(const RedisNode& node) {
  return "10.0.0." + std::to_string(node.pod + 10) + ":6379@16379";
}

// The slots of each node in one pass.
std::vector<std::string> slot_words(const RedisNode& viewer, std::size_t nodes) {
  std::vector<std::string> out(nodes);
  for (std::size_t first = 0; first < redis::kSlotCount;) {
    const std::int8_t owner = viewer.owner[first];
    std::size_t end = first + 1;
    while (end < redis::kSlotCount && viewer.owner[end] == owner) ++end;
    if (owner != kNobody) {
      std::string& words = out[static_cast<std::size_t>(owner)];
      words += ' ' + std::to_string(first);
      if (end - first > 1) words += '-' + std::to_string(end - 1);
    }
    first = end;
  }
  return out;
}

std::string flags_of(const RedisNode& viewer, const RedisNode& node) {
  if (node.index == viewer.index) {
    return std::string("myself,") + (node.master == kNobody ? "master" : "slave");
  }
  const Peer& peer = viewer.peers[static_cast<std::size_t>(node.index)];
  if (peer.handshake) return "handshake";
  std::string out = peer.master == kNobody ? "master" : "slave";
  if (peer.failed) return out + ",fail";
  return peer.suspected ? out + ",fail?" : out;
}

}  // namespace

const std::string& RedisWorld::cluster_nodes(RedisNode& viewer) {
  if (viewer.shown_revision == viewer.revision) return viewer.shown;
  std::string out;
  const auto words = slot_words(viewer, nodes_.size());
  for (const RedisNode& node : nodes_) {
    const bool myself = node.index == viewer.index;
    const Peer& peer = viewer.peers[static_cast<std::size_t>(node.index)];
    if (!myself && !peer.known && !peer.handshake) continue;
    const NodeIndex master = myself ? node.master : peer.master;
    const std::int64_t epoch = myself ? node.epoch : peer.epoch;
    // A node in handshake goes by a name of its own until it has told its real one.
    out += peer.handshake && !myself ? std::string(node.id.rbegin(), node.id.rend()) : node.id;
    out += ' ' + place(node) + ' ' + flags_of(viewer, node) + ' ';
    out += master == kNobody ? "-" : this->node(master).id;
    out += " 0 0 " + std::to_string(epoch) + (peer.failed ? " disconnected" : " connected");
    out += words[static_cast<std::size_t>(node.index)];
    if (myself) {
      for (const auto& [slot, to] : viewer.migrating) {
        out += " [" + std::to_string(slot) + "->-" + this->node(to).id + "]";
      }
      for (const auto& [slot, from] : viewer.importing) {
        out += " [" + std::to_string(slot) + "-<-" + this->node(from).id + "]";
      }
    }
    out += '\n';
  }
  viewer.shown = std::move(out);
  viewer.shown_revision = viewer.revision;
  return viewer.shown;
}

std::string RedisWorld::cluster_info(const RedisNode& node) const {
  return std::string("cluster_enabled:1\r\ncluster_state:") + (state_ok(node) ? "ok" : "fail") +
         "\r\ncluster_current_epoch:" + std::to_string(node.current_epoch) + "\r\n";
}

std::string RedisWorld::info(const RedisNode& node) {
  const bool master = node.master == kNobody;
  const std::string keys = std::to_string(node.data.size());
  // Most of a small node's memory are its keys: what is shared out by bytes follows them.
  const std::string used = std::to_string(100'000 + node.data.size() * 2'000);
  std::string out =
      "redis_version:7.0.15\r\nloading:0\r\nevicted_keys:0\r\nmaxmemory:100000000\r\n";
  out += "used_memory:" + used + "\r\ncluster_enabled:1\r\n";
  out += std::string("role:") + (master ? "master" : "slave") + "\r\nmaster_repl_offset:1000\r\n";
  if (!master) {
    const bool up = node.in_sync && reach(node, this->node(node.master));
    out += std::string("slave_repl_offset:1000\r\nmaster_link_status:") + (up ? "up" : "down") +
           "\r\nmaster_sync_in_progress:" + (node.sync_until != SteadyTime{} ? "1" : "0") + "\r\n";
  }
  if (!node.data.empty()) out += "db0:keys=" + keys + ",expires=0,avg_ttl=0\r\n";
  return out;
}

}  // namespace evalscaler::simulation
