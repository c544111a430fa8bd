// SPDX-License-Identifier: Apache-2.0
#include "redis/ledger/cluster_client.hpp"

#include <charconv>
#include <utility>

namespace evalscaler::ledger {
namespace {

using std::chrono::milliseconds;
using wire::RedisFault;

redis::Address address_in(std::string_view error) {
  const std::string_view target = wire::redirection_target(error);
  const auto colon = target.rfind(':');
  if (colon == std::string_view::npos) return {};
  redis::Address address{std::string(target.substr(0, colon)), 0};
  const std::string_view port = target.substr(colon + 1);
  std::from_chars(port.data(), port.data() + port.size(), address.port);
  return address;
}

// Whether the command was refused for a while only, and was not executed.
bool passes(RedisFault fault) {
  return fault == RedisFault::TryAgain || fault == RedisFault::ClusterDown ||
         fault == RedisFault::Loading || fault == RedisFault::Busy ||
         fault == RedisFault::MasterDown || fault == RedisFault::ReadOnly;
}

}  // namespace

redis::Slot slot_of(std::string_view key) {
  const auto open = key.find('{');
  if (open != std::string_view::npos) {
    const auto close = key.find('}', open + 1);
    if (close != std::string_view::npos && close > open + 1) {
      key = key.substr(open + 1, close - open - 1);
    }
  }
  unsigned crc = 0;
  for (const char c : key) {
    crc ^= static_cast<unsigned>(static_cast<unsigned char>(c)) << 8U;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 0x8000U) != 0 ? (crc << 1U) ^ 0x1021U : crc << 1U;
    }
    crc &= 0xFFFFU;
  }
  return static_cast<redis::Slot>(crc % redis::kSlotCount);
}

ClusterClient::ClusterClient(const wire::RedisConnector& connector,
                             const std::vector<redis::Address>& seeds, milliseconds patience)
    : ClusterClient(connector, std::make_shared<SlotMap>(seeds), patience) {}

ClusterClient::ClusterClient(const wire::RedisConnector& connector, std::shared_ptr<SlotMap> map,
                             milliseconds patience)
    : connections_(connector), map_(std::move(map)), patience_(patience) {}

Result<wire::RedisReply> ClusterClient::run(std::string_view key, const wire::RedisCommand& command,
                                            const std::stop_token& stop) {
  if (!map_->learned()) learn(stop);
  const redis::Slot slot = slot_of(key);
  const SteadyTime end = clock_.steady() + patience_;
  redis::Address to = map_->owner(slot);
  bool asking = false;
  for (;;) {
    auto reply = send(to, command, asking, stop);
    if (reply && !reply->is_error()) return reply;
    if (clock_.steady() >= end || stop.stop_requested()) return reply;
    asking = false;
    if (!reply) {
      note("connection");
      clock_.sleep_for(milliseconds(10), stop);
      learn(stop);
      to = map_->owner(slot);
      continue;
    }
    const RedisFault fault = wire::redis_fault(reply->text);
    const bool elsewhere = fault == RedisFault::Moved || fault == RedisFault::Ask;
    if (!elsewhere && !passes(fault)) return reply;
    note(to_text(fault));
    if (elsewhere) {
      to = address_in(reply->text);
      asking = fault == RedisFault::Ask;
      if (!asking) map_->moved(slot, to);
      continue;
    }
    clock_.sleep_for(milliseconds(5), stop);
    if (fault != RedisFault::TryAgain) learn(stop);
    to = map_->owner(slot);
  }
}

Result<wire::RedisReply> ClusterClient::send(const redis::Address& to,
                                             const wire::RedisCommand& command, bool asking,
                                             const std::stop_token& stop) {
  std::vector<wire::RedisCommand> commands;
  if (asking) commands.push_back({"ASKING"});
  commands.push_back(command);
  auto replies = connections_.to(to).pipeline(commands, stop);
  if (replies) return std::move(replies->back());
  if (replies.error().kind != ErrorKind::Unavailable) ++unanswered_;
  return replies.error();
}

void ClusterClient::learn(const std::stop_token& stop) {
  for (const redis::Address& node : map_->nodes()) {
    const auto replies = connections_.to(node).pipeline({{"CLUSTER", "SLOTS"}}, stop);
    if (replies && map_->take(replies->front())) return;
  }
}

void ClusterClient::note(std::string_view what) {
  ++seen_to_[std::string(what)];
}

}  // namespace evalscaler::ledger
