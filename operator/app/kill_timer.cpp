// SPDX-License-Identifier: Apache-2.0
#include "app/kill_timer.hpp"

#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace evalscaler::app {

Result<std::unique_ptr<KillTimer>> KillTimer::open() {
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGKILL;
  timer_t timer{};
  // Boot time goes on while the machine is suspended, as the other candidates' clocks do.
  if (::timer_create(CLOCK_BOOTTIME, &event, &timer) != 0) {
    return fail(ErrorKind::Unavailable,
                "leader election: no timer: " + std::generic_category().message(errno));
  }
  return std::unique_ptr<KillTimer>(new KillTimer(timer));
}

KillTimer::~KillTimer() {
  ::timer_delete(timer_);
}

void KillTimer::set(std::chrono::nanoseconds from_now) {
  // Zero would disarm it.
  const auto rest = std::max(from_now, std::chrono::nanoseconds(1));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(rest);
  itimerspec when{};
  when.it_value.tv_sec = seconds.count();
  when.it_value.tv_nsec = (rest - seconds).count();
  ::timer_settime(timer_, 0, &when, nullptr);
}

}  // namespace evalscaler::app
