// SPDX-License-Identifier: Apache-2.0
// KillTimer: the kernel kills this process when the time has come, also while it is stopped.
//
// A process that was stopped (SIGSTOP, a debugger, a frozen cgroup) checks nothing before its
// next instruction. A timer of POSIX whose signal is SIGKILL does not depend on it: what a
// leader had checked before it was stopped is never carried out after somebody else may lead.
#pragma once

#include <chrono>
#include <ctime>
#include <memory>

#include "core/result.hpp"

namespace evalscaler::app {

class KillTimer {
 public:
  static Result<std::unique_ptr<KillTimer>> open();
  ~KillTimer();  // disarms
  KillTimer(const KillTimer&) = delete;
  KillTimer& operator=(const KillTimer&) = delete;

  // Replaces what was set before. A time that has passed kills at once.
  void set(std::chrono::nanoseconds from_now);

 private:
  explicit KillTimer(timer_t timer) : timer_(timer) {}
  timer_t timer_;
};

}  // namespace evalscaler::app
