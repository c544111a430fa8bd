// SPDX-License-Identifier: Apache-2.0
// PlanSimulation: one seed: a Redis Cluster is scaled by the operator's own plan code while
// nodes, processes and requests fail; then everything is mended, and it must come to its end.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "simulation/redis/plan_executor.hpp"

namespace evalscaler::simulation {

struct PlanOutcome {
  std::string violation;  // empty: every oracle held
  std::string history;
  std::size_t scale_writes = 0;
  std::size_t status_writes = 0;
  std::size_t processes = 0;
  std::size_t keys = 0;          // acknowledged
  std::size_t excused_keys = 0;  // destroyed by the world itself
  double simulated_seconds = 0;
};

class PlanSimulation {
 public:
  explicit PlanSimulation(PlanSettings settings);
  PlanOutcome run();

 private:
  void run_all();
  void prepare();
  void start_process();
  void client_writes();
  void node_fault();
  void process_fault();
  void turn();
  void mend();
  std::string unfinished();
  std::string unhealthy_cluster();
  void check_keys();
  void every(Nanos least, Nanos most, void (PlanSimulation::*what)(), bool only_in_trouble);

  const PlanSettings settings_;
  Schedule schedule_;
  History history_{schedule_.clock()};
  RandomStream random_;
  RedisWorld redis_{schedule_, history_, settings_.seed};
  PodApi api_{redis_, settings_};
  PlanWorld world_{schedule_, history_, redis_, api_, settings_, {}, {}, 0};
  std::vector<std::unique_ptr<PlanExecutor>> processes_;
  std::vector<std::string> key_names_;
  bool trouble_ = true;
  NodeIndex faulty_ = kNobody;  // one node at a time: majorities and copies stay
  // Declared last: its actors end before what they use does.
  struct Ender {
    Schedule& schedule;
    ~Ender() { schedule.end(); }
  } ender_{schedule_};
};

}  // namespace evalscaler::simulation
