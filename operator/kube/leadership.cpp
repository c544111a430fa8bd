// SPDX-License-Identifier: Apache-2.0
#include "kube/leadership.hpp"

#include <utility>

namespace evalscaler::kube {

Leadership::Leadership(std::function<void(SteadyTime until)> before_extension)
    : before_extension_(std::move(before_extension)) {}

bool Leadership::may_write(SteadyTime now) const {
  const std::lock_guard lock(mutex_);
  return until_ && now < *until_;
}

std::optional<SteadyTime> Leadership::held_until() const {
  const std::lock_guard lock(mutex_);
  return until_;
}

Leadership::Extension Leadership::extend(SteadyTime until, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  if (over_ || now >= until || (until_ && now >= *until_)) return Extension::TooLate;
  if (before_extension_) before_extension_(until);
  until_ = until;
  changed_.notify_all();
  return Extension::Held;
}

void Leadership::end(const std::string& why) {
  const std::lock_guard lock(mutex_);
  until_.reset();
  if (!over_) over_ = why;
  changed_.notify_all();
}

bool Leadership::wait_until_held(Clock& clock, const std::stop_token& stop) const {
  std::unique_lock lock(mutex_);
  return clock.wait(changed_, lock, SteadyTime::max(), stop, [&] { return until_.has_value(); });
}

std::optional<std::string> Leadership::wait_until_lost(Clock& clock,
                                                       const std::stop_token& stop) const {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (over_) return over_;
    const auto known = until_;
    if (known && clock.steady() >= *known) return "the lease could not be renewed in time";
    clock.wait(changed_, lock, known.value_or(SteadyTime::max()), stop,
               [&] { return over_.has_value() || until_ != known; });
  }
  return std::nullopt;
}

}  // namespace evalscaler::kube
