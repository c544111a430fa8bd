// SPDX-License-Identifier: Apache-2.0
#include "redis/slot_preview.hpp"

#include <algorithm>
#include <utility>

namespace evalscaler::redis {
namespace {

using wire::RedisCommand;
using wire::RedisReply;

constexpr std::int64_t kMostListed = 250'000;
constexpr std::size_t kMeasuredAtOnce = 500;

Result<void> measure(std::vector<SizedKey>& keys, const SourceNode& source) {
  for (std::size_t at = 0; at < keys.size(); at += kMeasuredAtOnce) {
    const std::size_t end = std::min(keys.size(), at + kMeasuredAtOnce);
    std::vector<RedisCommand> commands;
    for (std::size_t i = at; i < end; ++i) commands.push_back({"MEMORY", "USAGE", keys[i].name});
    const auto replies = source.connections.ask(source.address, commands, source.stop);
    if (!replies) return replies.error();
    for (std::size_t i = at; i < end; ++i) keys[i].bytes = (*replies)[i - at].integer;
  }
  return {};
}

}  // namespace

Result<std::vector<SlotPreview>> look_at_slots(const std::vector<Slot>& slots,
                                               std::int64_t keys_each, const SourceNode& source) {
  std::vector<RedisCommand> commands;
  for (const Slot slot : slots) {
    commands.push_back(count_keys_in(slot));
    commands.push_back(keys_in(slot, keys_each));
  }
  auto replies = source.connections.ask(source.address, commands, source.stop);
  if (!replies) return replies.error();
  std::vector<SlotPreview> previews;
  std::vector<SizedKey> keys;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    auto& items = (*replies)[2 * i + 1].items;
    previews.push_back({slots[i], (*replies)[2 * i].integer, std::vector<SizedKey>(items.size())});
    for (RedisReply& key : items) keys.push_back({std::move(key.text), 0});
  }
  EVALSCALER_TRY(measure(keys, source));
  auto next = keys.begin();
  for (SlotPreview& preview : previews) {
    for (SizedKey& key : preview.keys) key = std::move(*next++);
  }
  return previews;
}

Result<std::vector<SizedKey>> list_keys(Slot slot, std::int64_t count, const SourceNode& source) {
  auto listed = source.connections.ask(source.address,
                                       {keys_in(slot, std::min(count, kMostListed))}, source.stop);
  if (!listed) return listed.error();
  std::vector<SizedKey> keys;
  for (RedisReply& key : listed->front().items) keys.push_back({std::move(key.text), 0});
  EVALSCALER_TRY(measure(keys, source));
  return keys;
}

}  // namespace evalscaler::redis
