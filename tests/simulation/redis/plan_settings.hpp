// SPDX-License-Identifier: Apache-2.0
// PlanSettings: what a seed of the plan simulation decides beforehand.
#pragma once

#include <cstdint>

#include "simulation/random_stream.hpp"

namespace evalscaler::simulation {

// A part of the operator that does not do its duty, for the tests of the oracles.
enum class BrokenPlan {
  Nothing,
  JournalIsNotWritten,  // acts as if its status had been written
  KeysAreOverlooked,    // takes every slot for empty
  ShrinksAtOnce,        // patches the StatefulSet when a plan to shrink begins
};

enum class Turnabout { None, OtherSize, Paused, Deleted };

struct PlanSettings {
  std::uint64_t seed = 0;
  BrokenPlan broken = BrokenPlan::Nothing;
  int shards = 3;
  int wanted = 4;
  int keys_per_shard = 20;
  bool even_slots = false;  // one shard owns few slots otherwise: cheaper to drain
  Nanos trouble{};          // how long things go wrong
  Turnabout turnabout = Turnabout::None;
  Nanos turns_after{};
  int wanted_then = 3;
  double node_faults = 0;     // per second
  double process_faults = 0;  // per second
  double request_faults = 0;  // per request
  double migrate_faults = 0;
  bool two_leaders = false;  // the old one goes on for a while
};

inline PlanSettings plan_settings_of(std::uint64_t seed) {
  RandomStream random(seed, "plan settings");
  PlanSettings out;
  out.seed = seed;
  out.shards = random.between(3, 4);
  out.wanted = out.shards == 4 ? (random.chance(0.7) ? 3 : 5) : (random.chance(0.8) ? 4 : 5);
  out.keys_per_shard = random.between(5, 40);
  out.even_slots = random.chance(0.05);
  out.trouble = std::chrono::seconds(random.between(10, 60));
  if (random.chance(0.45)) {
    out.turnabout = static_cast<Turnabout>(random.between(1, 3));
    out.turns_after = random.time(std::chrono::seconds(1), std::chrono::seconds(30));
    out.wanted_then = random.between(3, 4);
  }
  const bool calm = random.chance(0.1);
  if (!calm) {
    out.node_faults = random.chance(0.6) ? random.real(0.01, 0.15) : 0;
    out.process_faults = random.chance(0.6) ? random.real(0.01, 0.3) : 0;
    out.request_faults = random.chance(0.6) ? random.real(0.0, 0.03) : 0;
    out.migrate_faults = random.chance(0.6) ? random.real(0.0, 0.4) : 0;
  }
  out.two_leaders = random.chance(0.4);
  return out;
}

}  // namespace evalscaler::simulation
