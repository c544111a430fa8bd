// SPDX-License-Identifier: Apache-2.0
#include "app/stop_signals.hpp"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <ctime>

#include "telemetry/log.hpp"

namespace evalscaler::app {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

StopSignals::StopSignals(std::chrono::seconds patience) {
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  thread_ = std::jthread(
      [this, patience](const std::stop_token& over) { wait_for_signals(over, patience); });
}

StopSignals::~StopSignals() {
  thread_.request_stop();
  // Ends the wait; wait_for_signals() knows by `over` that nobody asked to stop.
  pthread_kill(thread_.native_handle(), SIGTERM);
}

void StopSignals::wait_for_signals(const std::stop_token& over, std::chrono::seconds patience) {
  const sigset_t set = stop_signals();
  int number = 0;
  sigwait(&set, &number);
  if (over.stop_requested()) return;
  telemetry::log_info("stopping", {{"signal", number == SIGINT ? "SIGINT" : "SIGTERM"}});
  source_.request_stop();

  timespec limit{};
  limit.tv_sec = patience.count();
  const bool asked_again = sigtimedwait(&set, nullptr, &limit) > 0;
  if (over.stop_requested()) return;
  telemetry::log_error(asked_again ? "asked twice to stop: leaving at once"
                                   : "could not stop in time: leaving at once");
  ::_exit(1);
}

}  // namespace evalscaler::app
