// SPDX-License-Identifier: Apache-2.0
// ManualClock: time that moves only when a test says so. Waiters wake when it passes their
// deadline. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "core/clock.hpp"

namespace evalscaler::fakes {

class ManualClock final : public Clock {
 public:
  explicit ManualClock(
      WallTime start =
          WallTime{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}.time_since_epoch()})
      : wall_start_(start) {}

  WallTime wall() const override {
    return wall_start_ + std::chrono::duration_cast<std::chrono::microseconds>(elapsed());
  }
  SteadyTime steady() const override { return SteadyTime{} + std::chrono::hours(1) + elapsed(); }

  bool wait(std::condition_variable_any& changed, std::unique_lock<std::mutex>& lock,
            SteadyTime deadline, const std::stop_token& stop, FunctionRef<bool()> ready) override {
    // Short real waits, so that advance() needs no list of waiters; bounded by the test's own
    // time-out.
    while (!ready() && !stop.stop_requested() && steady() < deadline) {
      changed.wait_for(lock, stop, std::chrono::milliseconds(1), ready);
    }
    return ready();
  }

  void advance(std::chrono::nanoseconds by) { elapsed_.fetch_add(by.count()); }

 private:
  std::chrono::nanoseconds elapsed() const { return std::chrono::nanoseconds(elapsed_.load()); }
  WallTime wall_start_;
  std::atomic<std::int64_t> elapsed_{0};
};

}  // namespace evalscaler::fakes
