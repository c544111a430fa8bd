// SPDX-License-Identifier: Apache-2.0
#include "redis/carry_out.hpp"

#include "redis/cluster_view.hpp"
#include "redis/slot_commands.hpp"
#include "redis/slot_news.hpp"
#include "redis/take_back.hpp"

namespace evalscaler::redis {
namespace {

using std::chrono::milliseconds;
using wire::RedisCommand;

class CarryOut {
 public:
  CarryOut(const RedisActors& actors, const std::stop_token& stop) : actors_(actors), stop_(stop) {}

  Result<MoveProgress> operator()(const SetConfig& action) {
    for (const NodePlace& node : action.nodes) {
      EVALSCALER_TRY(
          tell(node, {{"CONFIG", "SET", "cluster-allow-replica-migration", action.value}}));
    }
    return MoveProgress{};
  }

  Result<MoveProgress> operator()(const Meet& action) {
    for (const NodePlace& node : action.newcomers) {
      EVALSCALER_TRY(tell(
          action.via, {{"CLUSTER", "MEET", node.address.host, std::to_string(node.address.port)}}));
    }
    return MoveProgress{};
  }

  Result<MoveProgress> operator()(const Replicate& action) {
    EVALSCALER_TRY(tell(action.node, {{"CLUSTER", "REPLICATE", action.master_id}}));
    return MoveProgress{};
  }

  // It is over within a second or two; asking again meanwhile would start it anew.
  Result<MoveProgress> operator()(const Failover& action) {
    EVALSCALER_TRY(tell(action.replica, {{"CLUSTER", "FAILOVER"}}));
    const SteadyTime deadline = actors_.clock.steady() + milliseconds(1'000);
    while (actors_.clock.steady() < deadline) {
      const auto role = actors_.connections.ask(action.replica.address, {{"ROLE"}}, stop_);
      if (!role) return role.error();
      const auto& items = role->front().items;
      if (!items.empty() && items.front().text == "master") break;
      if (!actors_.clock.sleep_for(milliseconds(20), stop_)) break;
    }
    return MoveProgress{};
  }

  Result<MoveProgress> operator()(const MoveSlots& action) {
    return actors_.engine.move(action, actors_.connections, stop_);
  }

  // Without BUMPEPOCH a claim could be as old as another one, and be overheard for ever.
  Result<MoveProgress> operator()(const FinishSlots& action) {
    std::vector<RedisCommand> claim = setslot_all(action.slots, "NODE", action.target.id);
    claim.push_back({"CLUSTER", "BUMPEPOCH"});
    EVALSCALER_TRY(tell(action.target, claim));
    if (!action.source) return MoveProgress{};
    if (!action.imported.empty())
      EVALSCALER_TRY(tell(*action.source, setslot_stable(action.imported)));
    const auto heard = has_heard(*action.source, action.slots, action.target.id,
                                 actors_.connections, actors_.clock, milliseconds(1'000), stop_);
    if (!heard) return heard.error();
    if (!*heard) {
      return fail(ErrorKind::Unavailable, node_ref(action.source->id) +
                                              " has not heard that slot " +
                                              std::to_string(action.slots.front()) + " is " +
                                              node_ref(action.target.id) + "'s");
    }
    std::vector<RedisCommand> closing = setslot_all(action.slots, "NODE", action.target.id);
    for (RedisCommand& command : setslot_stable(action.slots))
      closing.push_back(std::move(command));
    EVALSCALER_TRY(tell(*action.source, closing));
    return MoveProgress{};
  }

  Result<MoveProgress> operator()(const TakeBack& action) {
    EVALSCALER_TRY(take_back(action, actors_.connections, stop_));
    return MoveProgress{};
  }

  Result<MoveProgress> operator()(const Forget& action) {
    for (const std::string& id : action.ids) {
      for (const NodePlace& node : action.by) {
        auto reply = actors_.connections.to(node.address).send({"CLUSTER", "FORGET", id}, stop_);
        if (!reply) return reply.error();
        // "Unknown node" is what was wanted.
        if (reply->is_error() && reply->text.starts_with("ERR Unknown node")) continue;
        EVALSCALER_TRY(accepted(*reply, node.address));
      }
    }
    return MoveProgress{};
  }

  Result<MoveProgress> operator()(const ResetSoft& action) {
    EVALSCALER_TRY(tell(action.node, {{"CLUSTER", "RESET", "SOFT"}}));
    return MoveProgress{};
  }

  Result<MoveProgress> operator()(const GrowStatefulSet&) { return MoveProgress{}; }
  Result<MoveProgress> operator()(const ShrinkStatefulSet&) { return MoveProgress{}; }
  Result<MoveProgress> operator()(const Wait&) { return MoveProgress{}; }
  Result<MoveProgress> operator()(const Hold&) { return MoveProgress{}; }
  Result<MoveProgress> operator()(const Done&) { return MoveProgress{}; }

 private:
  Result<void> tell(const NodePlace& node, const std::vector<RedisCommand>& commands) {
    const auto replies = actors_.connections.ask(node.address, commands, stop_);
    return replies ? Result<void>{} : replies.error();
  }

  const RedisActors& actors_;
  const std::stop_token& stop_;
};

}  // namespace

Result<MoveProgress> carry_out(const Action& action, const RedisActors& actors,
                               const std::stop_token& stop) {
  return std::visit(CarryOut(actors, stop), action);
}

}  // namespace evalscaler::redis
