// SPDX-License-Identifier: Apache-2.0
// Clock: the only source of time and the only way to wait.
//
// Wall time is for what people and other machines read (status, events); steady time is
// for every duration that decides something, since it never jumps. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

#include "core/function_ref.hpp"

namespace evalscaler {

using WallTime = std::chrono::sys_time<std::chrono::microseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall() const = 0;
  virtual SteadyTime steady() const = 0;

  // Waits on `changed` (whose mutex is `lock`) until `ready()`, the deadline, or a stop
  // request; returns ready(). SteadyTime::max() means no deadline.
  virtual bool wait(std::condition_variable_any& changed, std::unique_lock<std::mutex>& lock,
                    SteadyTime deadline, const std::stop_token& stop,
                    FunctionRef<bool()> ready) = 0;

  // Waits for `duration`; false if a stop was requested before it passed.
  bool sleep_for(std::chrono::nanoseconds duration, const std::stop_token& stop);
};

// The machine's clocks. One instance, made in the composition root.
class SystemClock final : public Clock {
 public:
  WallTime wall() const override;
  SteadyTime steady() const override;
  bool wait(std::condition_variable_any& changed, std::unique_lock<std::mutex>& lock,
            SteadyTime deadline, const std::stop_token& stop, FunctionRef<bool()> ready) override;
};

}  // namespace evalscaler
