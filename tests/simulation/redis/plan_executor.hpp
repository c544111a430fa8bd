// SPDX-License-Identifier: Apache-2.0
// PlanExecutor: one process of the operator, as far as plans are concerned: the real conductor,
// target, step and engine over simulated requests. It leads while it holds the lease, and may
// go on for a while when it does not any more.
#pragma once

#include <memory>
#include <string>

#include "kube/kube_api.hpp"
#include "reconcile/plan_conductor.hpp"
#include "simulation/redis/pod_api.hpp"
#include "targets/redis_cluster/redis_cluster.hpp"

namespace evalscaler::simulation {

// What users ask of the service right now.
struct Wish {
  int shards = 3;
  bool paused = false;
  bool deleted = false;
};

struct Lease {
  int holder = 0;  // number of a process
  SteadyTime renewed;
};

struct PlanWorld {
  Schedule& schedule;
  History& history;
  RedisWorld& redis;
  PodApi& api;
  const PlanSettings& settings;
  Wish wish;
  Lease lease;
  double request_faults = 0;
};

class PlanExecutor {
 public:
  PlanExecutor(PlanWorld& world, int number);
  ~PlanExecutor();

  // From start to its death; an actor's body.
  void live();
  // At its next request, or instead of it.
  void kill() { killed_ = true; }
  void freeze(Nanos duration) { frozen_until_ = world_.schedule.now() + duration; }
  bool dead() const { return dead_; }
  int number() const { return number_; }

  // Around each request: time, and being killed or frozen in the middle of it.
  void pass(Nanos least, Nanos most);
  PlanWorld& world() { return world_; }
  RandomStream& random() { return random_; }
  std::string name() const { return "op" + std::to_string(number_); }

 private:
  bool leads();
  void visit();
  void shrink_at_once();
  void write_status(const std::optional<api::PlanStatus>& read, std::int64_t revision);

  PlanWorld& world_;
  int number_;
  RandomStream random_;
  bool killed_ = false;
  bool dead_ = false;
  SteadyTime frozen_until_;
  std::optional<SteadyTime> lost_lease_;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace evalscaler::simulation
