// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "workload/engine/engine_options.hpp"

namespace {

using namespace evalscaler::workload;

// Blocked signals stay pending even for the first process of a container, where an unhandled
// SIGTERM would be thrown away. Threads started later inherit the mask.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

int refuse_usage(const evalscaler::Error& error) {
  std::cerr << "evaluation_engine: " << error.message << "\n";
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto given = CommandLine::parse(engine_flags(), arguments, process_environment());
  if (!given) return refuse_usage(given.error());
  if (given->has("--help")) {
    std::cout << engine_usage();
    return 0;
  }
  const auto settings = to_engine_settings(*given);
  if (!settings) return refuse_usage(settings.error());

  const sigset_t signals = block_stop_signals();
  const auto server = EngineServer::start(*settings);
  if (!server) {
    std::cerr << "evaluation_engine: " << server.error().message << "\n";
    return 1;
  }
  std::cout << "listening on " << server.value()->endpoint_text() << std::endl;

  int received = 0;
  sigwait(&signals, &received);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // a second signal ends it at once
  std::cout << "draining" << std::endl;
  server.value()->drain();
  if (server.value()->wait() == DrainOutcome::Finished) return 0;
  std::cerr << "evaluation_engine: gave up on requests that did not finish" << std::endl;
  std::_Exit(1);  // an orderly end would wait for the very workers that do not finish
}
