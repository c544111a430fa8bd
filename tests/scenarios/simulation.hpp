// SPDX-License-Identifier: Apache-2.0
// Simulation: one tier and its target over virtual time, decided on by the real decide().
//
// Keeps what a visit keeps (cooldowns, fresh streak, cold start) and applies decisions at once.
#pragma once

#include <string>

#include "core/result.hpp"
#include "fakes/manual_clock.hpp"
#include "scaling/decision.hpp"
#include "scaling/evaluation_memory.hpp"
#include "scenario.hpp"

namespace evalscaler::scenarios {

class Simulation {
 public:
  // `scenario` must outlive the simulation.
  explicit Simulation(const Scenario& scenario);

  // Invalid if the word means nothing here.
  Result<void> set(const Setting& setting);
  // One evaluation, so long after the beginning; time never goes back.
  scaling::Decision evaluate(std::chrono::milliseconds at);

 private:
  Result<void> set_reading(const Setting& setting);
  Result<void> edit_spec(const Setting& setting);
  Result<bool> set_guard(const Setting& setting);
  void restart();
  void apply(const scaling::Decision& decision);

  api::Tier tier_;
  scaling::TierInputs inputs_;
  scaling::EvaluationMemory memory_;
  fakes::ManualClock clock_;
  WallTime start_;
  std::optional<api::Replicas> ready_;  // empty: as many as there are
};

}  // namespace evalscaler::scenarios
