// SPDX-License-Identifier: Apache-2.0
// Simulation: one seed: the operator's real code in a world whose time, order of events and
// faults all follow from a number. Same seed, same history, byte for byte.
//
// One thread and one loop: whatever is due first happens next. A request that takes time lets
// the loop go on inside of it. Not for code that starts threads of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "simulation/environment.hpp"
#include "simulation/operator_process.hpp"
#include "simulation/oracles.hpp"

namespace evalscaler::simulation {

struct Outcome {
  std::string violation;  // empty: every oracle held
  std::string history;
  std::size_t scale_writes = 0;
  std::size_t status_writes = 0;
  std::size_t restarts = 0;
};

class Simulation final : public Passage {
 public:
  explicit Simulation(SeedSettings settings);
  Outcome run();

  void pass(Nanos duration, ProcessState& process) override;
  void later(Nanos after, std::function<void()> what) override;
  bool faults_last() const override { return !environment_.calm(); }
  bool may_freeze(const ProcessState& process) const override;

 private:
  void run_all();
  void run_until(SteadyTime end);
  bool step(SteadyTime end);
  void bury_the_dead();
  void start_process();
  void plan_kills();
  void check_quiet(std::size_t writes, std::size_t requests) const;
  std::size_t requests() const;
  World world();

  const SeedSettings settings_;
  VirtualClock clock_;
  History history_{clock_};
  Cluster cluster_{clock_};
  std::vector<ApiServer> servers_;
  MetricsServer metrics_;
  Environment environment_;
  Oracles oracles_{cluster_, clock_, history_};
  RandomStream random_;
  std::vector<std::unique_ptr<OperatorProcess>> processes_;
  std::size_t started_ = 0;
  std::size_t depth_ = 0;
  std::size_t steps_ = 0;
};

}  // namespace evalscaler::simulation
