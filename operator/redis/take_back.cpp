// SPDX-License-Identifier: Apache-2.0
#include "redis/take_back.hpp"

#include <chrono>
#include <set>
#include <vector>

#include "redis/slot_commands.hpp"

namespace evalscaler::redis {
namespace {

using wire::RedisCommand;
using wire::RedisFault;
using wire::RedisReply;

constexpr std::size_t kSlotsAtOnce = 32;
constexpr std::int64_t kKeysAtOnce = 100;
constexpr std::chrono::milliseconds kIoTimeout{1'000};

class Return {
 public:
  Return(const TakeBack& action, NodeConnections& connections, const std::stop_token& stop)
      : action_(action), connections_(connections), stop_(stop) {}

  Result<void> run() {
    std::set<Slot> marked(action_.open.begin(), action_.open.end());
    std::size_t slots = 0;
    for (const TakeBack::Owned& owned : action_.owners) {
      auto held = slots_with_keys(owned.slots);
      if (!held) return held.error();
      for (const Slot slot : *held) {
        if (++slots > kSlotsAtOnce) break;
        marked.insert(slot);
        EVALSCALER_TRY(give_back(slot, owned.owner));
      }
    }
    return marked.empty() ? Result<void>{} : ask(setslot_stable({marked.begin(), marked.end()}));
  }

 private:
  Result<void> ask(const std::vector<RedisCommand>& commands) {
    const auto replies = connections_.ask(action_.holder.address, commands, stop_);
    return replies ? Result<void>{} : replies.error();
  }

  Result<std::vector<Slot>> slots_with_keys(const std::vector<SlotRange>& ranges) {
    const auto slots = to_list(to_set(ranges));
    const auto counts = connections_.ask(action_.holder.address, count_keys_in(slots), stop_);
    if (!counts) return counts.error();
    std::vector<Slot> held;
    for (std::size_t i = 0; i < slots.size(); ++i) {
      if ((*counts)[i].integer > 0) held.push_back(slots[i]);
    }
    return held;
  }

  Result<void> give_back(Slot slot, const NodePlace& owner) {
    const auto listed =
        connections_.ask(action_.holder.address,
                         {{"CLUSTER", "SETSLOT", std::to_string(slot), "IMPORTING", owner.id},
                          keys_in(slot, kKeysAtOnce)},
                         stop_);
    if (!listed) return listed.error();
    for (const RedisReply& key : listed->back().items) {
      auto moved = connections_.to(action_.holder.address)
                       .send(migrate_command({{key.text, 0}}, owner.address, connections_.access(),
                                             MigrateMode::KeepExisting, kIoTimeout),
                             stop_);
      if (!moved) return moved.error();
      if (moved->is_error() && wire::redis_fault(moved->text) == RedisFault::BusyKey) {
        EVALSCALER_TRY(ask({{"ASKING"}, {"DEL", key.text}}));
      } else {
        EVALSCALER_TRY(accepted(*moved, action_.holder.address));
      }
    }
    return {};
  }

  const TakeBack& action_;
  NodeConnections& connections_;
  const std::stop_token& stop_;
};

}  // namespace

Result<void> take_back(const TakeBack& action, NodeConnections& connections,
                       const std::stop_token& stop) {
  return Return(action, connections, stop).run();
}

}  // namespace evalscaler::redis
