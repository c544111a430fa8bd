// SPDX-License-Identifier: Apache-2.0
// ClusterClient: a Redis Cluster client as good clients are: it learns who owns which slot, follows
// MOVED and ASK, and tries again where the cluster says "not now" or a node does not answer.
//
// It shares nothing with the operator but the connection: it is what judges it. One thread at a
// time.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "redis/ledger/slot_map.hpp"
#include "redis/node_connections.hpp"
#include "redis/slots.hpp"

namespace evalscaler::ledger {

// CRC16 (XMODEM) of the key, or of what stands in its first {...}, modulo 16384.
redis::Slot slot_of(std::string_view key);

class ClusterClient {
 public:
  // `connector` must outlive it. A command is given up when it has failed for `patience`.
  ClusterClient(const wire::RedisConnector& connector, const std::vector<redis::Address>& seeds,
                std::chrono::milliseconds patience = std::chrono::seconds(5));
  // One of several connections of a client, which share what they learn of the cluster.
  ClusterClient(const wire::RedisConnector& connector, std::shared_ptr<SlotMap> map,
                std::chrono::milliseconds patience);

  // What the cluster answered in the end, which may be an error reply; an Error if no node gave an
  // answer to the last attempt. A command may have been executed more than once.
  Result<wire::RedisReply> run(std::string_view key, const wire::RedisCommand& command,
                               const std::stop_token& stop = {});

  // Attempts that were sent and not answered: nobody knows whether they were, or will be, executed.
  std::int64_t unanswered() const { return unanswered_; }
  // How often which error was answered and seen to ("MOVED", "ASK", "TRYAGAIN", ...), and
  // "connection" for what was not answered at all.
  const std::map<std::string, std::int64_t, std::less<>>& seen_to() const { return seen_to_; }

 private:
  Result<wire::RedisReply> send(const redis::Address& to, const wire::RedisCommand& command,
                                bool asking, const std::stop_token& stop);
  // Asks node after node who owns what, until one answers.
  void learn(const std::stop_token& stop);
  void note(std::string_view what);

  SystemClock clock_;
  redis::NodeConnections connections_;
  std::shared_ptr<SlotMap> map_;
  std::chrono::milliseconds patience_;
  std::int64_t unanswered_ = 0;
  std::map<std::string, std::int64_t, std::less<>> seen_to_;
};

}  // namespace evalscaler::ledger
