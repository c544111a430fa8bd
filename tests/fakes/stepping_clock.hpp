// SPDX-License-Identifier: Apache-2.0
// SteppingClock: whoever waits finds that the time has passed. For one thread.
#pragma once

#include <chrono>

#include "core/clock.hpp"

namespace evalscaler::fakes {

class SteppingClock final : public Clock {
 public:
  WallTime wall() const override {
    return WallTime{} + std::chrono::duration_cast<std::chrono::microseconds>(passed_);
  }
  SteadyTime steady() const override { return SteadyTime{} + std::chrono::hours(1) + passed_; }

  bool wait(std::condition_variable_any& /*changed*/, std::unique_lock<std::mutex>& /*lock*/,
            SteadyTime deadline, const std::stop_token& /*stop*/,
            FunctionRef<bool()> ready) override {
    if (!ready() && deadline > steady()) passed_ += deadline - steady();
    return ready();
  }

 private:
  std::chrono::nanoseconds passed_{0};
};

}  // namespace evalscaler::fakes
