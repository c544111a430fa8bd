// SPDX-License-Identifier: Apache-2.0
// Runs seeds of the plan simulation: run_plan_simulation [--first S] [--seeds N] [--all] | --seed S
//
// The first seed that violates an oracle ends it with status 1 and the end of its history;
// --seed S shows the whole history of one.
#include <cstdint>
#include <iostream>
#include <string>

#include "simulation/redis/plan_simulation.hpp"
#include "telemetry/log.hpp"

namespace evalscaler::simulation {
namespace {

constexpr std::size_t kShown = 8'000;  // bytes of a failing seed's history

struct PlanOptions {
  std::uint64_t first = 1;
  std::uint64_t seeds = 1000;
  bool trace = false;
  bool go_on = false;
};

bool read_options(int count, char** words, PlanOptions& options) {
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word == "--all") {
      options.go_on = true;
    } else if (i + 1 < count && (word == "--first" || word == "--seed")) {
      options.first = std::stoull(words[++i]);
      options.trace = word == "--seed";
      if (options.trace) options.seeds = 1;
    } else if (i + 1 < count && word == "--seeds") {
      options.seeds = std::stoull(words[++i]);
    } else {
      std::cerr << "unknown: " << word
                << "\nusage: run_plan_simulation [--first S] [--seeds N] [--all] | --seed S\n";
      return false;
    }
  }
  return true;
}

int run(const PlanOptions& options) {
  telemetry::configure_log(telemetry::LogLevel::Error, telemetry::LogFormat::Console);
  PlanOutcome sum;
  std::uint64_t failed = 0;
  std::uint64_t ran = 0;
  for (std::uint64_t seed = options.first; ran < options.seeds; ++seed) {
    const PlanOutcome outcome = PlanSimulation(plan_settings_of(seed)).run();
    ++ran;
    sum.scale_writes += outcome.scale_writes;
    sum.status_writes += outcome.status_writes;
    sum.processes += outcome.processes;
    sum.keys += outcome.keys;
    sum.excused_keys += outcome.excused_keys;
    sum.simulated_seconds += outcome.simulated_seconds;
    if (options.trace) std::cout << outcome.history;
    if (outcome.violation.empty()) continue;
    ++failed;
    std::cout << "seed " << seed << ": " << outcome.violation << "\n";
    if (options.go_on) continue;
    if (!options.trace) {
      const std::size_t size = outcome.history.size();
      std::cout << outcome.history.substr(size - std::min(size, kShown))
                << "run_plan_simulation --seed " << seed << "  shows all of it\n";
    }
    break;
  }
  std::cout << ran << " seeds from " << options.first << ": " << failed << " violations, "
            << sum.scale_writes << " scale writes, " << sum.status_writes << " status writes, "
            << sum.processes << " processes, " << sum.keys << " keys (" << sum.excused_keys
            << " lost by the world), " << static_cast<std::int64_t>(sum.simulated_seconds)
            << " simulated seconds\n";
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace evalscaler::simulation

int main(int count, char** words) {
  evalscaler::simulation::PlanOptions options;
  if (!evalscaler::simulation::read_options(count, words, options)) return 2;
  return evalscaler::simulation::run(options);
}
