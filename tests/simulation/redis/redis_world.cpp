// SPDX-License-Identifier: Apache-2.0
#include "simulation/redis/redis_world.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace evalscaler::simulation {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr milliseconds kTick{400};

bool sees_slots_of(const RedisNode& viewer, NodeIndex owner) {
  return std::memchr(viewer.owner.data(), static_cast<std::int8_t>(owner), viewer.owner.size()) !=
         nullptr;
}

}  // namespace

Slot slot_of_key(const std::string& key) {
  Slot slot = 0;
  std::from_chars(key.data() + 1, key.data() + key.size(), slot);
  return slot;
}

int RedisNode::slot_count() const {
  return static_cast<int>(std::count(owner.begin(), owner.end(), static_cast<std::int8_t>(index)));
}

bool RedisNode::owns_slots() const {
  return sees_slots_of(*this, index);
}

bool RedisNode::holds_keys_of(Slot slot) const {
  const auto at = data.lower_bound("k" + std::to_string(slot) + "-");
  return at != data.end() && slot_of_key(at->first) == slot;
}

RedisWorld::RedisWorld(Schedule& schedule, History& history, std::uint64_t seed)
    : schedule_(schedule), history_(history), random_(seed, "redis"), ids_(seed, "node ids") {
  nodes_.reserve(kMostNodes);
}

NodeIndex RedisWorld::add_node(int pod) {
  if (nodes_.size() == kMostNodes) throw Violation("the simulation has too few node numbers");
  RedisNode node;
  node.index = static_cast<NodeIndex>(nodes_.size());
  node.pod = pod;
  while (node.id.size() < 40) node.id += "0123456789abcdef"[ids_.below(16)];
  node.owner.fill(kNobody);
  nodes_.push_back(std::move(node));
  return nodes_.back().index;
}

void RedisWorld::remove_pod(int pod) {
  RedisNode* node = on_pod(pod);
  if (node == nullptr) return;
  node->running = false;
  node->pod = -1;
}

void RedisWorld::form(const std::vector<std::vector<Slot>>& slots, int replicas) {
  const auto masters = static_cast<int>(slots.size());
  for (int pod = 0; pod < masters * (replicas + 1); ++pod) add_node(pod);
  for (RedisNode& one : nodes_) {
    for (RedisNode& other : nodes_) {
      Peer& peer = one.peers[static_cast<std::size_t>(other.index)];
      if (other.index == one.index) continue;
      peer.known = true;
      peer.heard = now();
      peer.master = other.index < masters ? kNobody : other.index % masters;
      peer.epoch = other.index < masters ? other.index + 1 : 0;
    }
    for (int m = 0; m < masters; ++m) {
      for (const Slot slot : slots[static_cast<std::size_t>(m)]) {
        one.owner[slot] = static_cast<std::int8_t>(m);
      }
    }
    one.current_epoch = masters;
    if (one.index < masters) {
      one.epoch = one.index + 1;
    } else {
      one.master = one.index % masters;
      one.in_sync = true;
    }
  }
}

void RedisWorld::start_gossip() {
  schedule_.after(kTick, [this] { tick(); });
}

RedisNode* RedisWorld::on_pod(int pod) {
  for (RedisNode& node : nodes_) {
    if (node.pod == pod) return &node;
  }
  return nullptr;
}

NodeIndex RedisWorld::find(const std::string& id) const {
  for (const RedisNode& node : nodes_) {
    if (node.id == id) return node.index;
  }
  return kNobody;
}

bool RedisWorld::answers(const RedisNode& node) const {
  return node.running && node.frozen_until <= now();
}

bool RedisWorld::reach(const RedisNode& a, const RedisNode& b) const {
  return answers(a) && answers(b) && !a.cut_off && !b.cut_off;
}

void RedisWorld::tick() {
  for (RedisNode& listener : nodes_) {
    for (RedisNode& speaker : nodes_) {
      if (listener.index == speaker.index || !reach(listener, speaker)) continue;
      const Peer& peer = listener.peers[static_cast<std::size_t>(speaker.index)];
      // Who was silent for half the timeout is asked by all means.
      const bool due = now() - peer.heard > kNodeTimeout / 2;
      if (random_.chance(0.7) || due) hear(listener, speaker);
    }
  }
  for (RedisNode& node : nodes_) {
    if (!answers(node)) continue;
    watch_peers(node);
    if (node.master != kNobody) replicate(node);
    if (node.master != kNobody) maybe_promote(node);
  }
  schedule_.after(kTick, [this] { tick(); });
}

// Who comes back hears the others before it serves anybody: a rejoining master waits, too.
void RedisWorld::meet_again(RedisNode& node) {
  for (RedisNode& other : nodes_) {
    if (other.index == node.index || !reach(node, other)) continue;
    hear(node, other);
    hear(other, node);
  }
}

void RedisWorld::hear(RedisNode& listener, RedisNode& speaker) {
  Peer& peer = listener.peers[static_cast<std::size_t>(speaker.index)];
  if (peer.handshake) shake_hands(listener, speaker);
  if (!peer.known) return;  // a known node is answered by whoever it asks, known or not
  peer.heard = now();
  if (peer.suspected || peer.failed) ++listener.revision;
  peer.suspected = peer.failed = false;
  listener.current_epoch = std::max(listener.current_epoch, speaker.current_epoch);
  if (peer.master != speaker.master) {
    if (speaker.master != kNobody) forget_slots_of(listener, speaker.index);
    peer.master = speaker.master;
    ++listener.revision;
  }
  if (peer.epoch != speaker.epoch) ++listener.revision;
  peer.epoch = std::max(peer.epoch, speaker.epoch);
  learn_nodes(listener, speaker);
  if (speaker.master == kNobody) {
    learn_slots(listener, speaker);
    settle_collision(listener, speaker);
  } else if (listener.master == speaker.index) {
    follow(listener, speaker.master);  // no chains
  }
}

void RedisWorld::shake_hands(RedisNode& listener, RedisNode& speaker) {
  for (auto [one, other] : {std::pair(&listener, &speaker), std::pair(&speaker, &listener)}) {
    Peer& peer = one->peers[static_cast<std::size_t>(other->index)];
    if (peer.known) continue;
    peer = {};
    peer.known = true;
    peer.heard = now();
    peer.master = other->master;
    peer.epoch = other->epoch;
    one->heard_revision[static_cast<std::size_t>(other->index)] = {};
    ++one->revision;
  }
  listener.peers[static_cast<std::size_t>(speaker.index)].handshake = false;
}

void RedisWorld::learn_nodes(RedisNode& listener, const RedisNode& speaker) {
  for (const RedisNode& third : nodes_) {
    const auto at = static_cast<std::size_t>(third.index);
    const Peer& told = speaker.peers[at];
    Peer& mine = listener.peers[at];
    if (third.index == listener.index || !told.known || told.failed || told.suspected ||
        mine.known || mine.handshake || mine.banned_until > now()) {
      continue;
    }
    mine.handshake = true;
    mine.handshake_since = now();
    ++listener.revision;
  }
}

void RedisWorld::learn_slots(RedisNode& listener, RedisNode& speaker) {
  const auto from = static_cast<std::size_t>(speaker.index);
  const std::pair revisions{speaker.revision, listener.revision};
  if (listener.heard_revision[from] == revisions) return;
  const NodeIndex mine = listener.master == kNobody ? listener.index : listener.master;
  int taken = 0;  // of those that were mine, or my master's
  bool changed = false;
  std::vector<Slot> dirty;
  constexpr std::size_t kBlock = 256;  // most of them are the same on both sides
  for (std::size_t s = 0; s < redis::kSlotCount; ++s) {
    while (s % kBlock == 0 && s < redis::kSlotCount &&
           std::memcmp(&speaker.owner[s], &listener.owner[s], kBlock) == 0) {
      s += kBlock;
    }
    if (s == redis::kSlotCount) break;
    if (speaker.owner[s] != speaker.index || listener.owner[s] == speaker.index) continue;
    const auto slot = static_cast<Slot>(s);
    const NodeIndex owner = listener.owner[s];
    if (listener.importing.contains(slot)) continue;
    const std::int64_t known = owner == kNobody ? -1
                               : owner == listener.index
                                   ? listener.epoch
                                   : listener.peers[static_cast<std::size_t>(owner)].epoch;
    if (known >= speaker.epoch) continue;
    if (owner == listener.index && listener.holds_keys_of(slot)) dirty.push_back(slot);
    taken += owner == mine ? 1 : 0;
    listener.owner[s] = static_cast<std::int8_t>(speaker.index);
    changed = true;
  }
  if (changed) {
    ++listener.revision;
    if (speaker.outbid == listener.index) excuse_lost_to(speaker, listener, dirty);
    const bool whole = taken > 0 && !sees_slots_of(listener, mine);
    if (whole && (listener.replica_migration || speaker.slot_count() == taken)) {
      follow(listener, speaker.index);
      dirty.clear();
    }
    for (const Slot slot : dirty) {
      while (listener.holds_keys_of(slot)) {
        const auto at = listener.data.lower_bound("k" + std::to_string(slot) + "-");
        history_.add(listener.id.substr(0, 4), {"drops", at->first, "that it owns no more"});
        erase(listener, std::string(at->first));
      }
    }
  }
  listener.heard_revision[from] = {speaker.revision, listener.revision};
}

// Two masters of one epoch: the one with the smaller id takes a new one.
void RedisWorld::settle_collision(RedisNode& listener, const RedisNode& speaker) {
  if (listener.master != kNobody || speaker.epoch != listener.epoch || listener.id > speaker.id) {
    return;
  }
  listener.epoch = ++listener.current_epoch;
  listener.outbid = speaker.index;
  history_.add(listener.id.substr(0, 4), {"outbids", speaker.id.substr(0, 4)});
  ++listener.revision;
}

// Who closes a slot while it is cut off takes an epoch that nobody agreed to; so may its replica
// that is elected meanwhile, and what clients wrote there is gone if the other one prevails.
void RedisWorld::excuse_lost_to(const RedisNode& winner, const RedisNode& loser,
                                const std::vector<Slot>& slots) {
  for (const auto& [key, version] : loser.data) {
    if (std::find(slots.begin(), slots.end(), slot_of_key(key)) == slots.end()) continue;
    const auto theirs = winner.data.find(key);
    if (theirs == winner.data.end() || theirs->second != version) ledger_.excuse(key);
  }
}

void RedisWorld::follow(RedisNode& node, NodeIndex master) {
  if (node.master == master || node.index == master) return;
  node.master = master;
  node.in_sync = false;
  node.sync_until = {};
  node.migrating.clear();
  node.importing.clear();
  forget_slots_of(node, node.index);
  ++node.revision;
  history_.add(node.id.substr(0, 4), {"follows", this->node(master).id.substr(0, 4)});
}

void RedisWorld::forget_slots_of(RedisNode& node, NodeIndex owner) {
  std::replace(node.owner.begin(), node.owner.end(), static_cast<std::int8_t>(owner),
               static_cast<std::int8_t>(kNobody));
  ++node.revision;
}

void RedisWorld::watch_peers(RedisNode& node) {
  for (RedisNode& other : nodes_) {
    Peer& peer = node.peers[static_cast<std::size_t>(other.index)];
    if (peer.handshake && now() - peer.handshake_since > kNodeTimeout) {
      peer.handshake = false;
      ++node.revision;
    }
    if (!peer.known || now() - peer.heard <= kNodeTimeout) continue;
    if (!peer.suspected) ++node.revision;
    peer.suspected = true;
    int masters = 0;
    int against = 0;
    for (const RedisNode& voter : nodes_) {
      if (voter.master != kNobody || !voter.owns_slots() || voter.pod < 0) continue;
      ++masters;
      const bool same = voter.index == node.index;
      if (!same && !reach(voter, node)) continue;
      const Peer& vote = voter.peers[static_cast<std::size_t>(other.index)];
      if (vote.suspected || vote.failed) ++against;
    }
    if (!peer.failed && against * 2 > masters) {
      peer.failed = true;
      ++node.revision;
    }
  }
}

void RedisWorld::replicate(RedisNode& replica) {
  RedisNode& master = node(replica.master);
  if (!reach(replica, master) || replica.in_sync) return;
  if (master.master != kNobody) return;
  if (replica.sync_until == SteadyTime{}) {
    replica.sync_until = now() + random_.time(milliseconds(200), seconds(2));
  }
  if (now() < replica.sync_until) return;
  replica.data = master.data;
  replica.in_sync = true;
  replica.sync_until = {};
}

// A majority has to hear it; then it takes over, after a moment.
void RedisWorld::maybe_promote(RedisNode& replica) {
  const NodeIndex master = replica.master;
  const Peer& peer = replica.peers[static_cast<std::size_t>(master)];
  if (!peer.failed || !replica.in_sync) return;
  const auto planned = election_at_.find(replica.index);
  if (!sees_slots_of(replica, master) || !elected(replica)) return;
  if (planned == election_at_.end() || planned->second < now() - seconds(5)) {
    election_at_[replica.index] = now() + random_.time(milliseconds(400), seconds(2));
    return;
  }
  if (now() < planned->second) return;
  std::int64_t epoch = replica.current_epoch;
  for (const RedisNode& other : nodes_) {
    if (reach(replica, other)) epoch = std::max(epoch, other.current_epoch);
  }
  promote(replica, epoch + 1);
}

// By masters that know the candidate, and nothing newer of its master than it does: who does
// tells it, for its next try.
bool RedisWorld::elected(RedisNode& replica) {
  const auto master = static_cast<std::size_t>(replica.master);
  int voters = 0;
  int votes = 0;
  for (const RedisNode& other : nodes_) {
    if (other.pod < 0 || other.master != kNobody || !other.owns_slots()) continue;
    ++voters;
    const bool knows = other.peers[static_cast<std::size_t>(replica.index)].known;
    if (!knows || !reach(replica, other)) continue;
    if (other.index == replica.master) {
      ++votes;
      continue;
    }
    if (other.peers[master].epoch <= replica.peers[master].epoch) {
      ++votes;
      continue;
    }
    replica.peers[master].epoch = other.peers[master].epoch;
    for (std::size_t slot = 0; slot < redis::kSlotCount; ++slot) {
      if (other.owner[slot] == replica.master) replica.owner[slot] = other.owner[slot];
    }
    ++replica.revision;
  }
  return votes * 2 > voters;
}

int RedisWorld::voters_reached(const RedisNode& node, int& voters) const {
  int reached = 0;
  for (const RedisNode& other : nodes_) {
    if (other.pod < 0 || other.master != kNobody || !other.owns_slots()) continue;
    ++voters;
    if (other.index == node.index || reach(node, other)) ++reached;
  }
  return reached;
}

void RedisWorld::promote(RedisNode& replica, std::int64_t epoch) {
  const NodeIndex old = replica.master;
  history_.add(replica.id.substr(0, 4), {"takes over from", node(old).id.substr(0, 4)});
  for (const auto& [key, version] : node(old).data) {
    const auto mine = replica.data.find(key);
    if (mine == replica.data.end() || mine->second != version) ledger_.excuse(key);
  }
  replica.master = kNobody;
  replica.in_sync = false;
  replica.epoch = replica.current_epoch = epoch;
  std::replace(replica.owner.begin(), replica.owner.end(), static_cast<std::int8_t>(old),
               static_cast<std::int8_t>(replica.index));
  election_at_[replica.index] = now();
  ++replica.revision;
  for (RedisNode& other : nodes_) {
    if (other.index != replica.index && reach(other, replica)) hear(other, replica);
  }
}

bool RedisWorld::state_ok(const RedisNode& node) const {
  if (sees_slots_of(node, kNobody)) return false;
  for (const RedisNode& other : nodes_) {
    if (node.peers[static_cast<std::size_t>(other.index)].failed &&
        sees_slots_of(node, other.index)) {
      return false;
    }
  }
  int voters = 0;
  const int reached = voters_reached(node, voters);
  return reached * 2 > voters;
}

// Those that miss a write have to synchronise anew.
void RedisWorld::mirror(const RedisNode& master) {
  for (RedisNode& replica : nodes_) {
    if (replica.master == master.index && replica.in_sync && !reach(replica, master)) {
      replica.in_sync = false;
    }
  }
}

void RedisWorld::store(RedisNode& master, const std::string& key, std::int64_t version) {
  mirror(master);
  master.data[key] = version;
  for (RedisNode& replica : nodes_) {
    if (replica.master == master.index && replica.in_sync) replica.data[key] = version;
  }
}

void RedisWorld::erase(RedisNode& master, const std::string& key) {
  mirror(master);
  master.data.erase(key);
  for (RedisNode& replica : nodes_) {
    if (replica.master == master.index && replica.in_sync) replica.data.erase(key);
  }
}

void RedisWorld::kill(RedisNode& node) {
  history_.add(node.id.substr(0, 4), {"dies"});
  node.running = false;
}

void RedisWorld::restart(RedisNode& node, bool empty) {
  if (node.pod < 0) return;
  history_.add(node.id.substr(0, 4), {"is back", empty ? "empty" : "with its data"});
  node.running = true;
  if (random_.chance(0.2)) {  // before they were written into nodes.conf
    node.migrating.clear();
    node.importing.clear();
  }
  if (empty) {
    if (node.master == kNobody) {
      for (const auto& [key, version] : node.data) ledger_.excuse(key);
    }
    node.data.clear();
    for (RedisNode& replica : nodes_) {
      if (replica.master == node.index) replica.in_sync = false;
    }
  }
  if (node.master != kNobody) node.in_sync = false;
  if (node.master == kNobody) match_keys_with_slots(node);
  for (Peer& peer : node.peers) peer.heard = now();
  ++node.revision;
  meet_again(node);
}

// As a master does when it has loaded its data: keys of slots that are somebody else's are taken
// for keys that are being imported.
void RedisWorld::match_keys_with_slots(RedisNode& node) {
  for (const auto& [key, version] : node.data) {
    const Slot slot = slot_of_key(key);
    const NodeIndex owner = node.owner[slot];
    if (owner == node.index || node.importing.contains(slot)) continue;
    if (owner == kNobody) {
      node.owner[slot] = static_cast<std::int8_t>(node.index);
    } else {
      node.importing[slot] = owner;
    }
  }
}

void RedisWorld::freeze(RedisNode& node, Nanos duration) {
  history_.add(node.id.substr(0, 4), {"freezes"});
  node.frozen_until = now() + duration;
  const NodeIndex index = node.index;
  schedule_.after(duration, [this, index] {
    RedisNode& back = this->node(index);
    if (!answers(back)) return;
    for (Peer& peer : back.peers) peer.heard = now();
    meet_again(back);
  });
}

void RedisWorld::cut_off(RedisNode& node, bool from_operator) {
  history_.add(node.id.substr(0, 4), {"is cut off", from_operator ? "from all" : "from nodes"});
  node.cut_off = true;
  node.cut_off_from_operator = from_operator;
}

void RedisWorld::heal(RedisNode& node) {
  node.cut_off = node.cut_off_from_operator = false;
  if (answers(node)) meet_again(node);
}

// Follows MOVED and ASK, as long as a client would.
bool RedisWorld::write(const std::string& key) {
  const Slot slot = slot_of_key(key);
  RedisNode* at = nullptr;
  for (RedisNode& any : nodes_) {
    if (any.pod >= 0 && answers(any) && !any.cut_off_from_operator && any.owner[slot] != kNobody) {
      at = &node(any.owner[slot]);
      break;
    }
  }
  bool asking = false;
  for (int hops = 0; at != nullptr && hops < 5; ++hops) {
    if (!answers(*at) || at->pod < 0 || at->cut_off_from_operator || !state_ok(*at)) return false;
    const bool importing = asking && at->importing.contains(slot);
    if (at->master == kNobody && (at->owner[slot] == at->index || importing)) {
      const auto leaves = at->migrating.find(slot);
      if (importing || leaves == at->migrating.end() || at->data.contains(key)) {
        const std::int64_t version = ledger_.next_version();
        store(*at, key, version);
        ledger_.acknowledge(key, version);
        return true;
      }
      at = &node(leaves->second);
      asking = true;
      continue;
    }
    asking = false;
    const NodeIndex next = at->owner[slot];
    at = next == kNobody || next == at->index ? nullptr : &node(next);
  }
  return false;
}

std::int64_t RedisWorld::served_version(const std::string& key) {
  const Slot slot = slot_of_key(key);
  for (RedisNode& node : nodes_) {
    if (node.pod < 0 || node.master != kNobody || node.owner[slot] != node.index) continue;
    const auto at = node.data.find(key);
    return at == node.data.end() ? 0 : at->second;
  }
  return 0;
}

}  // namespace evalscaler::simulation
