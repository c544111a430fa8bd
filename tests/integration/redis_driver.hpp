// SPDX-License-Identifier: Apache-2.0
// Drives a plan as the operator does: look at all nodes, take a step, store the journal, carry
// the action out. It can be made to die before or after any one write.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "integration/redis_processes.hpp"
#include "redis/carry_out.hpp"
#include "redis/observe.hpp"
#include "redis/preflight.hpp"
#include "redis/step.hpp"

namespace evalscaler::integration {

// Lets `writes` writes through. The next one is not sent, or sent and its answer lost.
class Doom {
 public:
  enum class At { Never, BeforeWrite, AfterWrite };
  Doom() = default;
  Doom(At at, int writes) : at_(at), left_(writes) {}

  bool dead() const { return dead_; }
  int writes() const { return done_; }
  // Whether the write is to be made; afterwards dead() says whether its answer is lost.
  bool admit() {
    if (dead_) return false;
    if (at_ != At::Never && left_-- == 0) {
      dead_ = true;
      if (at_ == At::BeforeWrite) return false;
    }
    ++done_;
    return true;
  }

 private:
  At at_ = At::Never;
  int left_ = 0;
  int done_ = 0;
  bool dead_ = false;
};

class DoomedConnection final : public wire::RedisConnection {
 public:
  DoomedConnection(std::unique_ptr<wire::RedisConnection> real, Doom& doom)
      : real_(std::move(real)), doom_(doom) {}

  Result<std::vector<wire::RedisReply>> pipeline(const std::vector<wire::RedisCommand>& commands,
                                                 const std::stop_token& stop) override {
    std::vector<wire::RedisCommand> admitted;
    for (const wire::RedisCommand& command : commands) {
      if (doom_.dead() || (writes(command) && !doom_.admit())) break;
      admitted.push_back(command);
    }
    if (admitted.empty()) return fail(ErrorKind::Cancelled, "killed");
    auto replies = real_->pipeline(admitted, stop);
    if (doom_.dead()) return fail(ErrorKind::Cancelled, "killed");
    return replies;
  }

 private:
  static bool writes(const wire::RedisCommand& command) {
    static const std::set<std::string> kReads{"NODES",         "INFO", "MYID", "COUNTKEYSINSLOT",
                                              "GETKEYSINSLOT", "GET",  "LIST"};
    static const std::set<std::string> kChanging{"CLUSTER", "CONFIG", "CLIENT", "MIGRATE"};
    if (!kChanging.contains(command[0])) return false;
    return command[0] == "MIGRATE" || !kReads.contains(command[1]);
  }
  std::unique_ptr<wire::RedisConnection> real_;
  Doom& doom_;
};

class DoomedConnector final : public wire::RedisConnector {
 public:
  DoomedConnector(const wire::RedisConnector& real, Doom& doom) : real_(real), doom_(doom) {}
  std::unique_ptr<wire::RedisConnection> open(const redis::Address& address) const override {
    return std::make_unique<DoomedConnection>(real_.open(address), doom_);
  }
  const wire::RedisAccess& access() const override { return real_.access(); }

 private:
  const wire::RedisConnector& real_;
  Doom& doom_;
};

// What survives the operator's death.
struct PlanWorld {
  RedisStatefulSet& set;
  std::optional<std::string> journal;  // as JSON, in the custom resource's status
  std::map<std::string, int> actions;  // how often each was carried out
  std::map<std::string, std::chrono::microseconds> spent;  // on waiting for what, and the like
  redis::MoveProgress moved;
  std::chrono::microseconds moving{0};  // time spent in MoveSlots
  redis::MigrationLimits limits{};
  redis::Intent intent = redis::Intent::Continue;
};

enum class Ending { Finished, Killed, Held, Refused, TimedOut };

struct DriveResult {
  Ending ending = Ending::TimedOut;
  std::vector<redis::Refusal> why;
};

// One life of an operator. `doom` says when it ends.
class RedisDriver {
 public:
  RedisDriver(PlanWorld& world, Doom& doom)
      : world_(world),
        doom_(doom),
        connector_(world.set.connector(), doom),
        connections_(connector_),
        engine_(redis::make_classic_migration(world.limits, clock_)) {}

  DriveResult run(int to_shards, std::chrono::seconds within = std::chrono::seconds(60)) {
    const SteadyTime end = clock_.steady() + within;
    while (clock_.steady() < end) {
      const SteadyTime looking = clock_.steady();
      const auto view = redis::observe(world_.set.pods(), connections_, {});
      spent("observe", looking);
      if (!view || doom_.dead()) return {Ending::Killed, {}};
      if (!world_.journal) {
        if (world_.set.size() == to_shards * 2) return {Ending::Finished, {}};
        if (auto refused = begin(*view, to_shards)) {
          // Right after a plan the nodes need a moment to agree again.
          if (refused->front().reason != redis::Reason::MapsDisagree) {
            return {Ending::Refused, std::move(*refused)};
          }
          clock_.sleep_for(std::chrono::milliseconds(50), {});
        }
        if (doom_.dead()) return {Ending::Killed, {}};
        continue;
      }
      if (auto ended = visit(*view)) return *ended;
    }
    return {Ending::TimedOut, {last_}};
  }

 private:
  std::optional<std::vector<redis::Refusal>> begin(const redis::ClusterView& view, int to_shards) {
    auto begun = redis::begin_plan(view, world_.set.facts(), {"plan-1", 1, 1, to_shards, {}});
    if (auto* refusals = std::get_if<std::vector<redis::Refusal>>(&begun)) return *refusals;
    store(std::get<redis::Journal>(begun));
    return {};
  }

  void spent(std::string_view on, SteadyTime since) {
    world_.spent[std::string(on)] +=
        std::chrono::duration_cast<std::chrono::microseconds>(clock_.steady() - since);
  }

  void store(const redis::Journal& journal) {
    const std::string json = to_json(journal);
    EXPECT_LE(json.size(), redis::kJournalLimit);
    if (world_.journal != json && doom_.admit()) world_.journal = json;
  }

  std::optional<DriveResult> visit(const redis::ClusterView& view) {
    const auto journal = redis::parse_journal(*world_.journal);
    EXPECT_TRUE(journal) << journal.error().message;
    const auto facts = world_.set.facts();
    const SteadyTime thinking = clock_.steady();
    redis::Step step = next_step(*journal, view, {facts, weights_, clock_.wall(), world_.intent});
    spent("next_step", thinking);
    if (step.journal != *journal) store(step.journal);
    if (doom_.dead()) return DriveResult{Ending::Killed, {}};
    ++world_.actions[std::string(name_of(step.action))];
    if (auto* hold = std::get_if<redis::Hold>(&step.action)) {
      return DriveResult{Ending::Held, {hold->why}};
    }
    if (auto* wait = std::get_if<redis::Wait>(&step.action)) {
      last_ = wait->why;
      const SteadyTime begin = clock_.steady();
      clock_.sleep_for(std::chrono::milliseconds(20), {});
      spent(to_text(last_.reason), begin);
      return {};
    }
    if (std::holds_alternative<redis::Done>(step.action)) {
      if (!doom_.admit()) return DriveResult{Ending::Killed, {}};
      world_.journal.reset();
      if (world_.intent == redis::Intent::Stop) return DriveResult{Ending::Finished, {}};
      return doom_.dead() ? std::optional(DriveResult{Ending::Killed, {}}) : std::nullopt;
    }
    return act(step.action);
  }

  std::optional<DriveResult> act(const redis::Action& action) {
    const SteadyTime acting = clock_.steady();
    const std::string name(name_of(action));
    if (const auto* grow = std::get_if<redis::GrowStatefulSet>(&action)) {
      if (doom_.admit()) world_.set.scale(grow->to_pods);
    } else if (const auto* shrink = std::get_if<redis::ShrinkStatefulSet>(&action)) {
      if (doom_.admit()) world_.set.scale(shrink->proof.to_pods());
    } else {
      const SteadyTime begin = clock_.steady();
      const auto done = carry_out(action, {connections_, *engine_, clock_}, {});
      if (done && std::holds_alternative<redis::MoveSlots>(action)) {
        note(*done, std::chrono::duration_cast<std::chrono::microseconds>(clock_.steady() - begin));
        if (done->held) return DriveResult{Ending::Held, {*done->held}};
      }
      if (!done) {
        last_ = {redis::Reason::NodeUnreachable, "", 0, done.error().message};
        clock_.sleep_for(std::chrono::milliseconds(10), {});
      }
    }
    spent(name, acting);
    if (doom_.dead()) return DriveResult{Ending::Killed, {}};
    return {};
  }

  void note(const redis::MoveProgress& progress, std::chrono::microseconds took) {
    world_.moved.slots += progress.slots;
    world_.moved.keys += progress.keys;
    world_.moved.replaced_batches += progress.replaced_batches;
    world_.moved.longest_block = std::max(world_.moved.longest_block, progress.longest_block);
    world_.moving += took;
  }

  SystemClock clock_;
  PlanWorld& world_;
  Doom& doom_;
  DoomedConnector connector_;
  redis::NodeConnections connections_;
  std::unique_ptr<redis::MigrationEngine> engine_;
  redis::SlotWeights weights_;
  redis::Refusal last_;
};

}  // namespace evalscaler::integration
