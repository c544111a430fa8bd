// SPDX-License-Identifier: Apache-2.0
// Settings: what a seed decides before anything happens: services, tiers, kinds of faults.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/object_key.hpp"
#include "simulation/random_stream.hpp"

namespace evalscaler::simulation {

inline constexpr const char* kSpace = "sim";

struct TierSettings {
  std::string name;
  std::string target;
  int min = 1;
  int max = 6;
  int up_step = 2;
  int down_step = 1;
  int up_cooldown = 30;  // seconds
  int down_cooldown = 30;
  bool shared_cooldown = false;
  int load_high = 70;  // per ready replica
  int load_low = 30;
};

struct ServiceSettings {
  std::string name;
  std::string mode = "Auto";
  int interval = 15;  // seconds
  std::vector<TierSettings> tiers;

  ObjectKey key() const { return {kSpace, name}; }
};

// errors: a second metric of every tier, that replicas do not change.
inline constexpr double kErrorsHigh = 10;
inline constexpr double kErrorsLow = 5;

// How often what goes wrong, while faults last. Each seed has some of the kinds only, so that
// none of them hides the others.
struct FaultRates {
  double slow = 0;
  double lost_request = 0;
  double lost_reply = 0;
  double late_effect = 0;  // after its sender has given up
  double error_without_effect = 0;
  double error_after_effect = 0;
  double throttled = 0;
  double conflict = 0;
  double crash_before_write = 0;
  double crash_after_write = 0;
  double freeze = 0;
  double watch_broken = 0;
  double watch_silent = 0;
  double watch_refused = 0;
  double watch_expired = 0;
  double watch_cut = 0;
  double watch_repeated = 0;
  double bad_query = 0;
  double slow_query = 0;
};

// A part that does not do its duty, to see that an oracle notices.
enum class Broken {
  Nothing,
  TargetIgnoresConflicts,
  WatcherSkipsDeletions,
  ReadingsTakeMissingForZero,
  StatusIsForgotten,  // by a restart
};

struct SeedSettings {
  std::uint64_t seed = 0;
  std::vector<ServiceSettings> services;
  FaultRates rates;
  Nanos longest_lag{0};        // of a watch behind the store
  bool streamed_lists = true;  // the server knows sendInitialEvents
  int page = 500;              // most items it puts on a page
  int operators = 1;
  Broken broken = Broken::Nothing;
  Nanos faults_last = std::chrono::seconds(240);
};

SeedSettings settings_of(std::uint64_t seed);

}  // namespace evalscaler::simulation
