// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "workload/load/load_run.hpp"

namespace {

using namespace evalscaler::workload;

int refuse_usage(const std::string& message) {
  std::cerr << "load_generator: " << message << "\n";
  return 2;
}

LoadReport drive(const LoadSettings& settings, const std::vector<LoadTarget>& targets) {
  boost::asio::io_context io(1);
  LoadRun run(io, settings, targets, std::cerr);
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&run](boost::system::error_code error, int) {
    if (!error) run.interrupt();
  });
  return run.run();
}

int exit_code(const LoadSettings& settings, const LoadReport& report) {
  if (!settings.min_success) return 0;
  return report.recorder.success_rate().value_or(0.0) < *settings.min_success ? 1 : 0;
}

int run(const std::vector<std::string>& arguments) {
  const auto given = CommandLine::parse(load_flags(), arguments, process_environment());
  if (!given) return refuse_usage(given.error().message);
  if (given->has("--help")) {
    std::cout << load_usage();
    return 0;
  }
  const auto settings = to_load_settings(*given);
  if (!settings) return refuse_usage(settings.error().message);
  const auto targets = resolve_targets(settings->urls);
  if (!targets) return refuse_usage(targets.error().message);

  // Opened before the run: a path that cannot be written must not cost a run's results.
  const bool json_to_stdout = settings->json_path == "-";
  std::ofstream json_file;
  if (settings->json_path && !json_to_stdout) {
    json_file.open(*settings->json_path);
    if (!json_file) return refuse_usage("--json: " + *settings->json_path + " cannot be written");
  }

  const LoadReport report = drive(*settings, *targets);
  (json_to_stdout ? std::cerr : std::cout) << to_table(report) << std::flush;
  if (json_to_stdout) std::cout << to_json(report) << std::flush;
  if (json_file.is_open() && !(json_file << to_json(report) << std::flush)) {
    return refuse_usage("--json: " + *settings->json_path + " could not be written in full");
  }
  return exit_code(*settings, report);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& error) {  // Asio out of descriptors or memory
    std::cerr << "load_generator: " << error.what() << "\n";
    return 2;
  }
}
