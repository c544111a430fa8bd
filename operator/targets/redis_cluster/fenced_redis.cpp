// SPDX-License-Identifier: Apache-2.0
#include "targets/redis_cluster/fenced_redis.hpp"

#include <utility>

namespace evalscaler::targets {
namespace {

using MayWrite = std::shared_ptr<const std::function<bool()>>;

class FencedConnection final : public wire::RedisConnection {
 public:
  FencedConnection(std::unique_ptr<wire::RedisConnection> inner, MayWrite may_write)
      : inner_(std::move(inner)), may_write_(std::move(may_write)) {}

  Result<std::vector<wire::RedisReply>> pipeline(const std::vector<wire::RedisCommand>& commands,
                                                 const std::stop_token& stop) override {
    if (!(*may_write_)()) {
      return fail(ErrorKind::Cancelled, "not sent to redis, since this process does not lead");
    }
    return inner_->pipeline(commands, stop);
  }

 private:
  std::unique_ptr<wire::RedisConnection> inner_;
  MayWrite may_write_;
};

class FencedConnector final : public wire::RedisConnector {
 public:
  FencedConnector(std::unique_ptr<wire::RedisConnector> inner, MayWrite may_write)
      : inner_(std::move(inner)), may_write_(std::move(may_write)) {}

  std::unique_ptr<wire::RedisConnection> open(const wire::RedisAddress& address) const override {
    return std::make_unique<FencedConnection>(inner_->open(address), may_write_);
  }
  const wire::RedisAccess& access() const override { return inner_->access(); }

 private:
  std::unique_ptr<wire::RedisConnector> inner_;
  MayWrite may_write_;
};

}  // namespace

std::unique_ptr<wire::RedisConnector> fenced(std::unique_ptr<wire::RedisConnector> inner,
                                             std::function<bool()> may_write) {
  if (!may_write) return inner;
  auto shared = std::make_shared<const std::function<bool()>>(std::move(may_write));
  return std::make_unique<FencedConnector>(std::move(inner), std::move(shared));
}

}  // namespace evalscaler::targets
