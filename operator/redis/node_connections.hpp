// SPDX-License-Identifier: Apache-2.0
// NodeConnections: one connection to each node, opened when first needed. One thread at a time.
#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "redis/cluster_nodes.hpp"
#include "wire/redis_connection.hpp"

namespace evalscaler::redis {

class NodeConnections {
 public:
  // `connector` must outlive it.
  explicit NodeConnections(const wire::RedisConnector& connector) : connector_(connector) {}

  wire::RedisConnection& to(const Address& address);
  const wire::RedisAccess& access() const { return connector_.access(); }

  // All replies, of which none is an error; otherwise as accepted() says of the first.
  Result<std::vector<wire::RedisReply>> ask(const Address& address,
                                            const std::vector<wire::RedisCommand>& commands,
                                            const std::stop_token& stop);

 private:
  const wire::RedisConnector& connector_;
  std::map<Address, std::unique_ptr<wire::RedisConnection>> open_;
};

// What an error reply means for a step: Forbidden (password, rights), Unavailable (not now),
// OutcomeUnknown (MIGRATE's IOERR), Conflict (the node is not in the state the step saw).
Result<void> accepted(const wire::RedisReply& reply, const Address& address);

}  // namespace evalscaler::redis
