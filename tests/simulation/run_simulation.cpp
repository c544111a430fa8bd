// SPDX-License-Identifier: Apache-2.0
// Runs seeds of the simulation: run_simulation [--first S] [--seeds N] | --seed S [--trace]
//
// The first seed that violates an oracle ends it with status 1 and with its history, which
// `--seed S --trace` shows once more.
#include <cstdint>
#include <cstring>
#include <iostream>
#include <string>

#include "simulation/simulation.hpp"
#include "telemetry/log.hpp"

namespace evalscaler::simulation {
namespace {

constexpr std::size_t kShown = 60;  // lines of a failing seed's history

struct Options {
  std::uint64_t first = 1;
  std::uint64_t seeds = 1000;
  bool trace = false;
  bool go_on = false;
};

bool read_options(int count, char** words, Options& options) {
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const bool has_value = i + 1 < count;
    if (word == "--trace") {
      options.trace = true;
    } else if (word == "--all") {
      options.go_on = true;
    } else if (word == "--first" && has_value) {
      options.first = std::stoull(words[++i]);
    } else if (word == "--seeds" && has_value) {
      options.seeds = std::stoull(words[++i]);
    } else if (word == "--seed" && has_value) {
      options.first = std::stoull(words[++i]);
      options.seeds = 1;
    } else {
      std::cerr << "unknown: " << word
                << "\nusage: run_simulation [--first S] [--seeds N] [--all] | --seed S [--trace]\n";
      return false;
    }
  }
  return true;
}

std::string last_lines(const std::string& text, std::size_t lines) {
  std::size_t at = text.size();
  for (std::size_t i = 0; i <= lines && at != std::string::npos && at > 0; ++i) {
    at = text.rfind('\n', at - 1);
  }
  return at == std::string::npos ? text : text.substr(at + 1);
}

struct Totals {
  std::size_t failed = 0;
  std::size_t scale_writes = 0;
  std::size_t status_writes = 0;
  std::size_t restarts = 0;
};

// False if an oracle was violated.
bool run_seed(std::uint64_t seed, const Options& options, Totals& totals) {
  const Outcome outcome = Simulation(settings_of(seed)).run();
  totals.scale_writes += outcome.scale_writes;
  totals.status_writes += outcome.status_writes;
  totals.restarts += outcome.restarts;
  if (options.trace) std::cout << outcome.history;
  if (outcome.violation.empty()) return true;
  ++totals.failed;
  std::cout << "seed " << seed << ": " << outcome.violation << "\n";
  if (!options.trace && !options.go_on) {
    std::cout << last_lines(outcome.history, kShown) << "run_simulation --seed " << seed
              << " --trace  shows all of it\n";
  }
  return false;
}

int run(const Options& options) {
  telemetry::configure_log(telemetry::LogLevel::Error, telemetry::LogFormat::Console);
  Totals totals;
  for (std::uint64_t seed = options.first; seed < options.first + options.seeds; ++seed) {
    if (!run_seed(seed, options, totals) && !options.go_on) return 1;
  }
  std::cout << options.seeds << " seeds from " << options.first << ": " << totals.failed
            << " violations, " << totals.scale_writes << " scale writes, " << totals.status_writes
            << " status writes, " << totals.restarts << " restarts\n";
  return totals.failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace evalscaler::simulation

int main(int count, char** words) {
  evalscaler::simulation::Options options;
  if (!evalscaler::simulation::read_options(count, words, options)) return 2;
  return evalscaler::simulation::run(options);
}
