// SPDX-License-Identifier: Apache-2.0
// Leadership: whether this process may write now, and until when nobody else may.
//
// Held from the send of a successful renewal for RenewDeadline, never from its answer (L6);
// once it is over it does not come back: the process has to stop acting (L5). Whoever writes
// asks may_write() immediately before each request. Thread-safe.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "core/clock.hpp"

namespace evalscaler::kube {

class Leadership {
 public:
  // `before_extension` is called with the new end before anybody may write until then; it must
  // not call back.
  explicit Leadership(std::function<void(SteadyTime until)> before_extension = {});

  bool may_write(SteadyTime now) const;
  // Empty before it was held, and after its end.
  std::optional<SteadyTime> held_until() const;

  enum class Extension {
    Held,
    TooLate,  // the time up to here, or the new one, is already over
  };
  [[nodiscard]] Extension extend(SteadyTime until, SteadyTime now);
  void end(const std::string& why);

  // Both block. False, or nothing, if a stop was requested first.
  bool wait_until_held(Clock& clock, const std::stop_token& stop) const;
  // Says why it is over: its end, or a deadline that passed though a renewal may be under way.
  std::optional<std::string> wait_until_lost(Clock& clock, const std::stop_token& stop) const;

 private:
  const std::function<void(SteadyTime until)> before_extension_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::optional<SteadyTime> until_;
  std::optional<std::string> over_;  // why
};

}  // namespace evalscaler::kube
