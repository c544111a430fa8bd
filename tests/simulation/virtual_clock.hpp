// SPDX-License-Identifier: Apache-2.0
// VirtualClock: time that the simulation's loop moves. Single-threaded: nobody can be waited
// for, so a wait returns at once with what is there.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "core/clock.hpp"

namespace evalscaler::simulation {

class VirtualClock final : public Clock {
 public:
  WallTime wall() const override {
    return kWallStart + std::chrono::duration_cast<std::chrono::microseconds>(elapsed());
  }
  SteadyTime steady() const override { return now_; }
  bool wait(std::condition_variable_any&, std::unique_lock<std::mutex>&, SteadyTime,
            const std::stop_token&, FunctionRef<bool()> ready) override {
    return ready();
  }

  static SteadyTime start() { return SteadyTime{} + std::chrono::hours(1); }
  std::chrono::nanoseconds elapsed() const { return now_ - start(); }
  // Never back.
  void advance_to(SteadyTime time) { now_ = std::max(now_, time); }

 private:
  static constexpr WallTime kWallStart{
      std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}.time_since_epoch()};
  SteadyTime now_ = start();
};

// The clock that a watcher is given. Its streams are handed over in pieces, each of them one
// call; to the watcher a piece has lasted since the one before it.
class StreamClock final : public Clock {
 public:
  explicit StreamClock(VirtualClock& clock) : clock_(clock) {}

  WallTime wall() const override { return clock_.wall(); }
  SteadyTime steady() const override { return began_.value_or(clock_.steady()); }
  bool wait(std::condition_variable_any& changed, std::unique_lock<std::mutex>& lock,
            SteadyTime deadline, const std::stop_token& stop, FunctionRef<bool()> ready) override {
    return clock_.wait(changed, lock, deadline, stop, ready);
  }

  void pretend(SteadyTime began) { began_ = began; }
  void reveal() { began_.reset(); }

 private:
  VirtualClock& clock_;
  std::optional<SteadyTime> began_;
};

}  // namespace evalscaler::simulation
