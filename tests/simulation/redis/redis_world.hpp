// SPDX-License-Identifier: Apache-2.0
// RedisWorld: the nodes of a simulated Redis Cluster: gossip, failure detection, failover,
// replication, and the commands that operators and clients send.
//
// Semantics: Redis 7.0 (cluster.c): who owns a slot is settled by config epochs; FORGET bans for
// a minute; a master that keeps no slot follows whoever took the last one, unless
// cluster-allow-replica-migration is off; a replica knows nothing of open slots. Replication is
// immediate while its link is up, so that only the world's faults lose acknowledged writes.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "simulation/history.hpp"
#include "simulation/random_stream.hpp"
#include "simulation/redis/key_ledger.hpp"
#include "simulation/redis/redis_node.hpp"
#include "simulation/redis/schedule.hpp"
#include "wire/redis_reply.hpp"

namespace evalscaler::simulation {

class RedisWorld {
 public:
  using Reply = wire::RedisReply;
  using Command = wire::RedisCommand;

  RedisWorld(Schedule& schedule, History& history, std::uint64_t seed);

  static constexpr std::chrono::milliseconds kNodeTimeout{2'000};
  // MIGRATE fails on its way this often; set to 0 when faults end.
  double migrate_faults = 0;

  // A virgin process on a pod.
  NodeIndex add_node(int pod);
  void remove_pod(int pod);
  // Everybody knows everybody; `shares[i]` slots for the master on pod i, its replicas after.
  void form(const std::vector<std::vector<Slot>>& slots, int replicas);
  void start_gossip();

  RedisNode* on_pod(int pod);  // null: no process
  RedisNode& node(NodeIndex index) { return nodes_[static_cast<std::size_t>(index)]; }
  std::vector<RedisNode>& nodes() { return nodes_; }
  bool answers(const RedisNode& node) const;  // neither down nor frozen
  bool reach(const RedisNode& a, const RedisNode& b) const;
  NodeIndex find(const std::string& id) const;

  Reply execute(RedisNode& node, const Command& command);
  // As a cluster-aware client would; false if it did not get through.
  bool write(const std::string& key);
  // Version at the node that serves its slot, 0 if it is not there.
  std::int64_t served_version(const std::string& key);

  void kill(RedisNode& node);
  void restart(RedisNode& node, bool empty);
  void freeze(RedisNode& node, Nanos duration);
  void cut_off(RedisNode& node, bool from_operator);
  void heal(RedisNode& node);

  KeyLedger& ledger() { return ledger_; }
  History& history() { return history_; }
  Schedule& schedule() { return schedule_; }

 private:
  SteadyTime now() const { return schedule_.now(); }
  void tick();
  void meet_again(RedisNode& node);
  void hear(RedisNode& listener, RedisNode& speaker);
  void shake_hands(RedisNode& listener, RedisNode& speaker);
  void learn_nodes(RedisNode& listener, const RedisNode& speaker);
  void learn_slots(RedisNode& listener, RedisNode& speaker);
  void settle_collision(RedisNode& listener, const RedisNode& speaker);
  void excuse_lost_to(const RedisNode& winner, const RedisNode& loser,
                      const std::vector<Slot>& slots);
  void follow(RedisNode& node, NodeIndex master);
  void watch_peers(RedisNode& node);
  void replicate(RedisNode& replica);
  void maybe_promote(RedisNode& replica);
  void promote(RedisNode& replica, std::int64_t epoch);
  bool elected(RedisNode& replica);
  void match_keys_with_slots(RedisNode& node);
  bool state_ok(const RedisNode& node) const;
  int voters_reached(const RedisNode& node, int& voters) const;
  void mirror(const RedisNode& master);
  void store(RedisNode& master, const std::string& key, std::int64_t version);
  void erase(RedisNode& master, const std::string& key);
  void forget_slots_of(RedisNode& node, NodeIndex owner);

  Reply cluster(RedisNode& node, const Command& command);
  Reply set_slot(RedisNode& node, const Command& command);
  Reply set_slot_owner(RedisNode& node, Slot slot, NodeIndex to);
  static void bump_epoch(RedisNode& node);
  Reply meet(RedisNode& node, const std::string& host);
  Reply forget(RedisNode& node, const std::string& id);
  Reply replicate_command(RedisNode& node, const std::string& id);
  Reply fail_over(RedisNode& node);
  Reply reset(RedisNode& node);
  Reply keys_in_slot(const RedisNode& node, Slot slot, std::size_t most) const;
  Reply migrate(RedisNode& node, const Command& command);
  Reply delete_import(RedisNode& node, const std::string& key);
  Reply restore(RedisNode& target, const std::string& key, std::int64_t version, bool replace);
  void leave_late_restore(RedisNode& target, LateRestore late);
  Reply client(RedisNode& node, const Command& command);
  std::string info(const RedisNode& node);
  std::string cluster_info(const RedisNode& node) const;
  const std::string& cluster_nodes(RedisNode& node);

  Schedule& schedule_;
  History& history_;
  RandomStream random_;
  RandomStream ids_;
  KeyLedger ledger_;
  std::vector<RedisNode> nodes_;
  std::vector<std::pair<NodeIndex, LateRestore>> late_;
  std::map<NodeIndex, SteadyTime> election_at_;
  std::int64_t clients_ = 0;
};

}  // namespace evalscaler::simulation
