// SPDX-License-Identifier: Apache-2.0
#include "simulation/redis/executor_requests.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "redis/cluster_view.hpp"

namespace evalscaler::simulation {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using wire::RedisCommand;
using wire::RedisReply;

bool changes_something(const RedisCommand& command) {
  const std::string& verb = command.front();
  if (verb == "MIGRATE" || verb == "DEL" || (verb == "CONFIG" && command.at(1) == "SET"))
    return true;
  if (verb != "CLUSTER") return false;
  const std::string& what = command.at(1);
  return what == "SETSLOT" || what == "MEET" || what == "FORGET" || what == "REPLICATE" ||
         what == "FAILOVER" || what == "RESET";
}

// The journal of a plan is in status before anything that rests on it happens. Where
// processes stall or two lead that may have been a while ago.
void check_journal(PlanWorld& world, const RedisNode& node, const RedisCommand& command) {
  const auto& all = world.api.journals();
  const auto covered = [&](auto by) {
    if (all.empty()) return false;
    const bool one = !world.settings.two_leaders && world.settings.process_faults == 0;
    if (one) return by(all.back());
    return std::any_of(all.begin(), all.end(), by);
  };
  const auto slot_covered = [&](const std::string& slot, const std::string& target) {
    return covered([&](const redis::Journal& journal) {
      const auto to = journal.target_of(static_cast<Slot>(std::stoi(slot)));
      return !to.empty() && target.starts_with(to);
    });
  };
  const std::string what = join(command, " ").substr(0, 120);
  const bool taken_back = covered([&](const redis::Journal& journal) {
    return !journal.taken_back_from.empty() && node.id.starts_with(journal.taken_back_from);
  });
  bool holds = covered([](const redis::Journal&) { return true; });
  if (command.front() == "CLUSTER" && command.at(1) == "SETSLOT" && command.at(3) != "STABLE") {
    // The journal's target imports it, becomes its owner, or is told who its owner is.
    const std::string& mark = command.at(3);
    holds = (mark != "MIGRATING" && slot_covered(command.at(2), node.id)) ||
            (mark == "IMPORTING" ? taken_back : slot_covered(command.at(2), command.at(4)));
  }
  if (command.front() == "DEL") holds = taken_back;
  if (command.front() == "CLUSTER" && command.at(1) == "FORGET") {
    holds =
        covered([&](const redis::Journal& journal) { return journal.to_pods < journal.from_pods; });
  }
  if (command.front() == "CLUSTER" && command.at(1) == "RESET") {
    holds = covered([&](const redis::Journal& journal) {
      return journal.to_pods < journal.from_pods && node.pod >= journal.to_pods;
    });
  }
  if (!holds) throw Violation("does what no journal says: " + what);
}

class SimulatedConnection final : public wire::RedisConnection {
 public:
  SimulatedConnection(PlanExecutor& process, wire::RedisAddress address)
      : process_(process), address_(std::move(address)) {}

  Result<std::vector<RedisReply>> pipeline(const std::vector<RedisCommand>& commands,
                                           const std::stop_token&) override {
    PlanWorld& world = process_.world();
    process_.pass(microseconds(200), milliseconds(3));
    RedisNode* node = reached();
    if (node == nullptr || process_.random().chance(world.request_faults)) {
      return fail(ErrorKind::Unavailable, "redis " + to_text(address_) + ": not reached");
    }
    if (!world.redis.answers(*node)) return leave_to_frozen(*node, commands);
    std::size_t executed = commands.size();
    const bool cut = process_.random().chance(world.request_faults);
    if (cut) executed = process_.random().below(commands.size() + 1);
    std::vector<RedisReply> replies;
    for (std::size_t i = 0; i < executed; ++i) replies.push_back(execute(*node, commands[i]));
    process_.pass(microseconds(50), milliseconds(2));
    if (cut) return fail(ErrorKind::OutcomeUnknown, "redis " + to_text(address_) + ": cut off");
    return replies;
  }

 private:
  RedisNode* reached() {
    const int pod = std::stoi(address_.host.substr(address_.host.rfind('.') + 1)) - 10;
    RedisNode* node = process_.world().redis.on_pod(pod);
    return node == nullptr || !node->running || node->cut_off_from_operator ? nullptr : node;
  }

  RedisReply execute(RedisNode& node, const RedisCommand& command) {
    PlanWorld& world = process_.world();
    if (!changes_something(command)) return answer(node, command);
    if (node.pod >= 0) check_journal(world, node, command);
    RedisReply reply = world.redis.execute(node, command);
    if (command.front() == "CONFIG") {
      node.set_by_former_leader = world.lease.holder != process_.number();
    }
    world.history.add(process_.name(), {"#" + std::to_string(node.pod),
                                        join(command, " ").substr(0, 100), reply.text});
    return reply;
  }

  RedisReply answer(RedisNode& node, const RedisCommand& command) {
    RedisReply reply = process_.world().redis.execute(node, command);
    if (process_.world().settings.broken == BrokenPlan::KeysAreOverlooked && command.size() > 1 &&
        command.at(1).ends_with("KEYSINSLOT")) {
      reply.integer = 0;
      reply.items.clear();
    }
    return reply;
  }

  // What lies in a stopped server's socket is read when it goes on.
  Result<std::vector<RedisReply>> leave_to_frozen(const RedisNode& node,
                                                  const std::vector<RedisCommand>& commands) {
    PlanWorld& world = process_.world();
    const bool arrives = process_.random().chance(0.5);
    if (arrives) {
      const Nanos thaw = node.frozen_until - world.schedule.now() + milliseconds(1);
      world.schedule.after(thaw, [&world, index = node.index, commands] {
        RedisNode& late = world.redis.node(index);
        if (!world.redis.answers(late)) return;
        for (const RedisCommand& command : commands) {
          if (!changes_something(command)) continue;
          const RedisReply reply = world.redis.execute(late, command);
          world.history.add("late", {"#" + std::to_string(late.pod),
                                     join(command, " ").substr(0, 100), reply.text});
        }
      });
    }
    process_.pass(seconds(5), seconds(5));
    return fail(ErrorKind::OutcomeUnknown, "redis " + to_text(address_) + ": no answer in 5 s");
  }

  PlanExecutor& process_;
  wire::RedisAddress address_;
};

class SimulatedConnector final : public wire::RedisConnector {
 public:
  SimulatedConnector(PlanExecutor& process, wire::RedisAccess access)
      : process_(process), access_(std::move(access)) {}
  std::unique_ptr<wire::RedisConnection> open(const wire::RedisAddress& address) const override {
    return std::make_unique<SimulatedConnection>(process_, address);
  }
  const wire::RedisAccess& access() const override { return access_; }

 private:
  PlanExecutor& process_;
  wire::RedisAccess access_;
};

Error not_here() {
  return fail(ErrorKind::NotFound, "the simulated API server has no such thing");
}

}  // namespace

std::unique_ptr<wire::RedisConnector> connect_simulated(wire::RedisAccess access,
                                                        const Clock& clock) {
  auto& process = static_cast<const ExecutorClock&>(clock).process();
  return std::make_unique<SimulatedConnector>(process, std::move(access));
}

Result<std::string> ExecutorApi::get(const std::string& path, const std::stop_token&) {
  process_.pass(microseconds(500), milliseconds(5));
  if (process_.random().chance(process_.world().request_faults)) {
    return fail(ErrorKind::Unavailable, "the API server is not reached");
  }
  if (!path.ends_with("/statefulsets/redis")) return not_here();
  std::string body = process_.world().api.stateful_set();
  process_.pass(microseconds(100), milliseconds(5));
  return body;
}

Result<std::string> ExecutorApi::list(const std::string& collection, const kube::ListQuery&,
                                      const std::stop_token&) {
  process_.pass(microseconds(500), milliseconds(5));
  if (process_.random().chance(process_.world().request_faults)) {
    return fail(ErrorKind::Unavailable, "the API server is not reached");
  }
  if (collection.ends_with("/pods")) return process_.world().api.pods();
  return PodApi::budgets();
}

Result<void> ExecutorApi::watch(const std::string&, const kube::WatchQuery&, wire::LineSink,
                                const std::stop_token&) {
  return not_here();
}

Result<std::string> ExecutorApi::patch(const std::string& path, kube::PatchType, std::string body,
                                       const std::stop_token&) {
  PlanWorld& world = process_.world();
  process_.pass(microseconds(500), milliseconds(8));
  if (process_.random().chance(world.request_faults)) {
    return fail(ErrorKind::Unavailable, "the API server is not reached");
  }
  if (!path.ends_with("/statefulsets/redis/scale")) return std::string("{}");  // finalizers
  const int code = world.api.scale(body);
  process_.pass(microseconds(100), milliseconds(5));
  if (process_.random().chance(world.request_faults)) {
    return fail(ErrorKind::OutcomeUnknown, "the answer was lost");
  }
  if (code != 0) return fail(ErrorKind::Conflict, "the tests of the patch do not hold");
  return std::string("{}");
}

Result<std::string> ExecutorApi::create(const std::string&, std::string, const std::stop_token&) {
  return not_here();
}

Result<std::string> ExecutorApi::replace(const std::string&, std::string, const std::stop_token&) {
  return not_here();
}

}  // namespace evalscaler::simulation
