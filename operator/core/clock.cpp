// SPDX-License-Identifier: Apache-2.0
#include "core/clock.hpp"

namespace evalscaler {

bool Clock::sleep_for(std::chrono::nanoseconds duration, const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any never;
  wait(never, lock, steady() + duration, stop, [] { return false; });
  return !stop.stop_requested();
}

WallTime SystemClock::wall() const {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::steady() const {
  return std::chrono::steady_clock::now();
}

bool SystemClock::wait(std::condition_variable_any& changed, std::unique_lock<std::mutex>& lock,
                       SteadyTime deadline, const std::stop_token& stop,
                       FunctionRef<bool()> ready) {
  if (deadline == SteadyTime::max()) return changed.wait(lock, stop, ready);
  return changed.wait_until(lock, stop, deadline, ready);
}

}  // namespace evalscaler
