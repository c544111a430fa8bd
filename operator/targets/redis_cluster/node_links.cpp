// SPDX-License-Identifier: Apache-2.0
#include "targets/redis_cluster/node_links.hpp"

#include <utility>

#include "targets/redis_cluster/fenced_redis.hpp"

namespace evalscaler::targets {

NodeLinks::NodeLinks(const Clock& clock, MakeRedisConnector connect,
                     std::function<bool()> may_write)
    : clock_(clock), connect_(connect), may_write_(std::move(may_write)) {}

Links NodeLinks::take(const ObjectKey& key, wire::RedisAccess access) {
  Links links;
  kept_.with([&](auto& kept) {
    if (const auto at = kept.find(key); at != kept.end()) {
      links = std::move(at->second);
      kept.erase(at);
    }
  });
  const bool fits = links.connector && links.connector->access().user == access.user &&
                    links.connector->access().password == access.password;
  if (fits) return links;
  links.connections.reset();  // before the connector it was made by
  links.connector = fenced(connect_(std::move(access), clock_), may_write_);
  links.connections = std::make_unique<redis::NodeConnections>(*links.connector);
  return links;
}

void NodeLinks::keep(const ObjectKey& key, Links links) {
  kept_.with([&](auto& kept) {
    kept.erase(key);
    kept.emplace(key, std::move(links));
  });
}

}  // namespace evalscaler::targets
