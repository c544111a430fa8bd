// SPDX-License-Identifier: Apache-2.0
#include "redis/node_connections.hpp"

#include "core/text.hpp"

namespace evalscaler::redis {
namespace {

ErrorKind kind_of(wire::RedisFault fault) {
  using wire::RedisFault;
  switch (fault) {
    case RedisFault::NotAuthorized:
    case RedisFault::NotPermitted:
      return ErrorKind::Forbidden;
    case RedisFault::TryAgain:
    case RedisFault::ClusterDown:
    case RedisFault::Loading:
    case RedisFault::Busy:
    case RedisFault::MasterDown:
      return ErrorKind::Unavailable;
    case RedisFault::InputOutput:
      return ErrorKind::OutcomeUnknown;
    case RedisFault::Moved:
    case RedisFault::Ask:
    case RedisFault::CrossSlot:
    case RedisFault::ReadOnly:
    case RedisFault::BusyKey:
    case RedisFault::OutOfMemory:
    case RedisFault::Unwritable:
    case RedisFault::Other:
      return ErrorKind::Conflict;
  }
  return ErrorKind::Conflict;
}

}  // namespace

Result<void> accepted(const wire::RedisReply& reply, const Address& address) {
  if (!reply.is_error()) return {};
  return fail(kind_of(wire::redis_fault(reply.text)),
              "redis " + to_text(address) + ": " + one_line(reply.text, 200));
}

wire::RedisConnection& NodeConnections::to(const Address& address) {
  auto& connection = open_[address];
  if (!connection) connection = connector_.open(address);
  return *connection;
}

Result<std::vector<wire::RedisReply>> NodeConnections::ask(
    const Address& address, const std::vector<wire::RedisCommand>& commands,
    const std::stop_token& stop) {
  auto replies = to(address).pipeline(commands, stop);
  if (!replies) return replies.error();
  for (const wire::RedisReply& reply : *replies) EVALSCALER_TRY(accepted(reply, address));
  return replies;
}

}  // namespace evalscaler::redis
