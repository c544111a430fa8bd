// SPDX-License-Identifier: Apache-2.0
// NodeLinks: connections to the nodes of Redis Clusters, kept from turn to turn of a plan.
//
// Who takes links owns them until they are kept again; links that are not are closed. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "core/clock.hpp"
#include "core/guarded.hpp"
#include "core/object_key.hpp"
#include "redis/node_connections.hpp"
#include "wire/redis_connection.hpp"

namespace evalscaler::targets {

// How connections to nodes are made; tests give another.
using MakeRedisConnector = std::unique_ptr<wire::RedisConnector> (*)(wire::RedisAccess access,
                                                                     const Clock& clock);

struct Links {
  std::unique_ptr<wire::RedisConnector> connector;
  std::unique_ptr<redis::NodeConnections> connections;  // made by it
};

class NodeLinks {
 public:
  // The clock must outlive it. `may_write` is asked before each command; null = nobody is asked.
  NodeLinks(const Clock& clock, MakeRedisConnector connect, std::function<bool()> may_write);

  // Those that were kept, or new ones if there are none or the password has changed meanwhile.
  Links take(const ObjectKey& key, wire::RedisAccess access);
  void keep(const ObjectKey& key, Links links);

 private:
  const Clock& clock_;
  MakeRedisConnector connect_;
  std::function<bool()> may_write_;
  Guarded<std::map<ObjectKey, Links>> kept_;
};

}  // namespace evalscaler::targets
