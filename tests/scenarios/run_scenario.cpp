// SPDX-License-Identifier: Apache-2.0
// Runs one *.scenario file and prints what happened; exit 1 at the first surprise.
#include <iostream>

#include "replay.hpp"

namespace evalscaler::scenarios {
namespace {

Result<void> run(const Scenario& scenario) {
  std::cout << scenario.title << "\n";
  return replay(scenario, [&](const Moment& moment, std::chrono::milliseconds at,
                              const scaling::Decision& decision) {
    std::cout << "  t=" << at.count() / 1000 << "s  " << decision.reason << "  " << decision.message
              << "\n";
    return expect(scenario, moment, decision);
  });
}

}  // namespace
}  // namespace evalscaler::scenarios

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: run_scenario FILE\n";
    return 2;
  }
  const auto scenario = evalscaler::scenarios::read_scenario(argv[1]);
  const auto done = scenario ? evalscaler::scenarios::run(*scenario) : scenario.error();
  if (done) return 0;
  std::cerr << done.error().message << "\n";
  return 1;
}
