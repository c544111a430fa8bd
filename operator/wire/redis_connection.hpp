// SPDX-License-Identifier: Apache-2.0
// RedisConnection: the client interface to one Redis server, and its hiredis implementation.
//
// Connects, and authenticates, when first used and again after a failure. One thread at a time.
// Errors say what happened to the commands:
//   Unavailable     nothing was executed: refused, not resolved, not answered while connecting
//   Forbidden       the server does not accept user and password
//   OutcomeUnknown  sent and not (or not wholly) answered: read back before anything else
//   Invalid         the answer is no RESP2, or larger than 64 MiB
//   Cancelled       stop was requested; what had been sent may have been executed
// Error replies are values. No password is ever part of an error or of an error reply's text.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "wire/redis_reply.hpp"

namespace evalscaler::wire {

struct RedisAddress {
  std::string host;
  int port = 0;
  auto operator<=>(const RedisAddress&) const = default;
};
std::string to_text(const RedisAddress& address);  // "10.0.0.1:6379", "[::1]:6379"

struct RedisAccess {
  std::string user;      // empty = the default user
  std::string password;  // empty = no AUTH
  std::chrono::milliseconds connect_timeout{2'000};
  std::chrono::milliseconds command_timeout{5'000};  // for one whole pipeline
};

class RedisConnection {
 public:
  virtual ~RedisConnection() = default;

  // Sends all commands at once and returns as many replies, in their order.
  virtual Result<std::vector<RedisReply>> pipeline(const std::vector<RedisCommand>& commands,
                                                   const std::stop_token& stop) = 0;
  Result<RedisReply> send(const RedisCommand& command, const std::stop_token& stop);
};

// Makes connections; thread-safe.
class RedisConnector {
 public:
  virtual ~RedisConnector() = default;
  virtual std::unique_ptr<RedisConnection> open(const RedisAddress& address) const = 0;
  // What MIGRATE needs to let one server log in to another.
  virtual const RedisAccess& access() const = 0;
};

// `clock` must outlive the connector, and the connector its connections.
std::unique_ptr<RedisConnector> make_redis_connector(RedisAccess access, const Clock& clock);

}  // namespace evalscaler::wire
