// SPDX-License-Identifier: Apache-2.0
// Turn: one at a time may use a thing; who has no time to wait for it asks for a turn until a
// deadline. Thread-safe. Costs two uncontended locks.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>

#include "core/clock.hpp"

namespace evalscaler::reconcile {

class Turn {
 public:
  // However long it takes.
  void take() {
    std::unique_lock lock(mutex_);
    free_.wait(lock, [this] { return !taken_; });
    taken_ = true;
  }
  // False if it was not free until then.
  bool take_before(SteadyTime deadline, Clock& clock, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!clock.wait(free_, lock, deadline, stop, [this] { return !taken_; })) return false;
    taken_ = true;
    return true;
  }
  void give_back() {
    {
      const std::lock_guard lock(mutex_);
      taken_ = false;
    }
    free_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any free_;
  bool taken_ = false;
};

// Gives back the turn that was taken.
class TurnHolder {
 public:
  explicit TurnHolder(Turn& turn) : turn_(turn) {}
  ~TurnHolder() { turn_.give_back(); }
  TurnHolder(const TurnHolder&) = delete;
  TurnHolder& operator=(const TurnHolder&) = delete;

 private:
  Turn& turn_;
};

}  // namespace evalscaler::reconcile
