// SPDX-License-Identifier: Apache-2.0
#include "simulation/redis/plan_simulation.hpp"

#include <algorithm>

namespace evalscaler::simulation {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr seconds kSettle{900};  // a plan that waits for patience is slow, and may be several
constexpr seconds kLook{2};

}  // namespace

PlanSimulation::PlanSimulation(PlanSettings settings)
    : settings_(settings), random_(settings.seed, "faults") {}

PlanOutcome PlanSimulation::run() {
  PlanOutcome out;
  try {
    run_all();
  } catch (const Violation& violation) {
    out.violation = violation.what();
    history_.add("VIOLATION", {violation.what()});
  }
  out.history = history_.text();
  out.scale_writes = api_.scale_writes;
  out.status_writes = api_.status_writes;
  out.processes = processes_.size();
  out.keys = redis_.ledger().acknowledged().size();
  out.excused_keys = redis_.ledger().excused_count();
  out.simulated_seconds = std::chrono::duration<double>(schedule_.clock().elapsed()).count();
  return out;
}

void PlanSimulation::run_all() {
  prepare();
  redis_.start_gossip();
  world_.wish.shards = settings_.wanted;
  start_process();
  start_process();  // the second one stands by
  every(milliseconds(100), seconds(1), &PlanSimulation::client_writes, false);
  every(seconds(1), seconds(1), &PlanSimulation::node_fault, true);
  every(seconds(1), seconds(1), &PlanSimulation::process_fault, true);
  if (settings_.turnabout != Turnabout::None) {
    schedule_.after(settings_.turns_after, [this] { turn(); });
  }
  world_.request_faults = settings_.request_faults;
  redis_.migrate_faults = settings_.migrate_faults;
  schedule_.run_for(settings_.trouble);
  mend();
  const SteadyTime end = schedule_.now() + kSettle;
  std::string why;
  do {
    schedule_.run_for(kLook);
    why = unfinished();
    if (why.empty()) why = unhealthy_cluster();
  } while (!why.empty() && schedule_.now() < end);
  if (!why.empty()) throw Violation("does not come to its end: " + why);
  check_keys();
}

// Keys at the end of each master's slots, where slots are taken from first; so that few slots
// have to be moved, and time is spent on what is special.
void PlanSimulation::prepare() {
  const int shards = settings_.shards;
  std::vector<std::vector<Slot>> slots(static_cast<std::size_t>(shards));
  const int few = settings_.even_slots ? 0 : 60;
  const int poor = settings_.even_slots || shards == 3 ? -1 : random_.between(0, shards - 1);
  const int rich = poor < 0 ? shards : shards - 1;
  int next = 0;
  int given = 0;
  for (int shard = 0; shard < shards; ++shard) {
    const int count = shard == poor ? few : (16384 - (poor < 0 ? 0 : few)) / rich;
    auto& mine = slots[static_cast<std::size_t>(shard)];
    for (int i = 0; i < count; ++i) mine.push_back(static_cast<Slot>(next++));
    given = shard == poor ? given : shard;
  }
  while (next < 16384) slots[static_cast<std::size_t>(given)].push_back(static_cast<Slot>(next++));
  redis_.form(slots, 1);
  for (int shard = 0; shard < shards; ++shard) {
    const auto& mine = slots[static_cast<std::size_t>(shard)];
    const int keys = shard == poor ? settings_.keys_per_shard / 2 : settings_.keys_per_shard;
    for (int i = 0; i < keys; ++i) {
      const std::size_t back = random_.below(std::min<std::size_t>(mine.size(), 30));
      key_names_.push_back("k" + std::to_string(mine[mine.size() - 1 - back]) + "-" +
                           std::to_string(random_.below(4)));
      if (!redis_.write(key_names_.back())) throw Violation("the cluster does not work at first");
    }
  }
}

void PlanSimulation::start_process() {
  processes_.push_back(
      std::make_unique<PlanExecutor>(world_, static_cast<int>(processes_.size()) + 1));
  PlanExecutor* process = processes_.back().get();
  schedule_.start([process] { process->live(); });
}

void PlanSimulation::every(Nanos least, Nanos most, void (PlanSimulation::*what)(),
                           bool only_in_trouble) {
  schedule_.after(random_.time(least, most), [=, this] {
    if (only_in_trouble && !trouble_) return;
    (this->*what)();
    every(least, most, what, only_in_trouble);
  });
}

void PlanSimulation::client_writes() {
  redis_.write(key_names_[random_.below(key_names_.size())]);
}

void PlanSimulation::node_fault() {
  if (faulty_ != kNobody || !random_.chance(settings_.node_faults)) return;
  std::vector<NodeIndex> there;
  for (const RedisNode& node : redis_.nodes()) {
    if (node.pod >= 0) there.push_back(node.index);
  }
  RedisNode& node = redis_.node(there[random_.below(there.size())]);
  faulty_ = node.index;
  const Nanos lasts = random_.time(milliseconds(300), seconds(12));
  const std::size_t kind = random_.below(5);
  if (kind < 2) {
    redis_.kill(node);
    const bool empty = random_.chance(0.2);
    schedule_.after(
        lasts, [this, index = node.index, empty] { redis_.restart(redis_.node(index), empty); });
  } else if (kind < 4) {
    redis_.freeze(node, lasts);
  } else {
    redis_.cut_off(node, random_.chance(0.5));
    schedule_.after(lasts, [this, index = node.index] { redis_.heal(redis_.node(index)); });
  }
  // Time for copies to be made again before the next one.
  schedule_.after(lasts + seconds(5), [this] { faulty_ = kNobody; });
}

void PlanSimulation::process_fault() {
  std::size_t alive = 0;
  for (const auto& process : processes_) alive += process->dead() ? 0U : 1U;
  if (alive < 2 && processes_.size() < 40) start_process();
  if (!random_.chance(settings_.process_faults)) return;
  for (const auto& process : processes_) {
    if (process->number() != world_.lease.holder || process->dead()) continue;
    if (random_.chance(0.6)) {
      process->kill();
    } else {
      process->freeze(random_.time(milliseconds(200), seconds(30)));
    }
  }
}

void PlanSimulation::turn() {
  switch (settings_.turnabout) {
    case Turnabout::None:
      return;
    case Turnabout::OtherSize:
      world_.wish.shards = settings_.wanted_then;
      break;
    case Turnabout::Paused:
      world_.wish.paused = true;
      schedule_.after(seconds(20), [this] { world_.wish.paused = false; });
      break;
    case Turnabout::Deleted:
      world_.wish.deleted = true;
      break;
  }
  history_.add("user", {world_.wish.deleted  ? "deletes"
                        : world_.wish.paused ? "pauses"
                                             : "wants another size"});
}

void PlanSimulation::mend() {
  history_.add("world", {"is mended"});
  trouble_ = false;
  world_.request_faults = 0;
  redis_.migrate_faults = 0;
  std::size_t alive = 0;
  for (const auto& process : processes_) alive += process->dead() ? 0U : 1U;
  while (alive++ < 1) start_process();
}

std::string PlanSimulation::unfinished() {
  if (std::all_of(processes_.begin(), processes_.end(),
                  [](const auto& process) { return process->dead(); })) {
    start_process();
  }
  const auto& plan = api_.plan();
  if (plan && !plan->journal.empty()) {
    return "a plan is at " + plan->phase + ": " + plan->reason + " " + plan->message;
  }
  if (world_.wish.deleted) return "";
  if (plan) return "the status says " + plan->phase + ": " + plan->message;
  if (api_.replicas() != world_.wish.shards * 2) {
    return std::to_string(api_.replicas()) + " pods instead of " +
           std::to_string(world_.wish.shards * 2);
  }
  return "";
}

// Whole, closed, agreed upon, replicated, and set back to what it was.
std::string PlanSimulation::unhealthy_cluster() {
  const RedisNode* first = nullptr;
  for (RedisNode& node : redis_.nodes()) {
    if (node.pod < 0) continue;
    const std::string name = "pod " + std::to_string(node.pod);
    if (!redis_.answers(node)) return name + " does not answer";
    if (!node.migrating.empty() || !node.importing.empty()) return name + " has an open slot";
    const bool member = std::any_of(node.peers.begin(), node.peers.end(),
                                    [](const Peer& peer) { return peer.known; });
    if (!member && world_.wish.deleted) continue;  // had not joined yet, or has left already
    if (!member) return name + " is not in the cluster";
    // What a process does that woke up after it had lost its lease can be set back by nobody
    // who does not know of it.
    if (!node.replica_migration && !node.set_by_former_leader) {
      return name + " has replica migration switched off";
    }
    if (first == nullptr) first = &node;
    if (node.owner != first->owner) return name + " sees other owners";
    if (std::count(node.owner.begin(), node.owner.end(), static_cast<std::int8_t>(kNobody)) != 0) {
      return name + " sees slots of nobody";
    }
    if (node.master != kNobody && !node.in_sync) return name + " is not in sync";
  }
  return "";
}

void PlanSimulation::check_keys() {
  for (const auto& [key, version] : redis_.ledger().acknowledged()) {
    if (redis_.ledger().excused(key)) continue;
    const std::int64_t served = redis_.served_version(key);
    if (served == version) continue;
    throw Violation("key " + key + " was acknowledged as version " + std::to_string(version) +
                    (served == 0 ? " and is gone" : " and is back at " + std::to_string(served)));
  }
}

}  // namespace evalscaler::simulation
