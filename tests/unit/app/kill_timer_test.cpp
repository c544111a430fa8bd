// SPDX-License-Identifier: Apache-2.0
#include "app/kill_timer.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace evalscaler::app {
namespace {

using namespace std::chrono_literals;

// What ended a child that ran `body` and then did nothing.
template <typename F>
int end_of_child(F body) {
  const pid_t child = ::fork();
  if (child == 0) {
    body();
    ::alarm(20);
    for (;;) ::pause();
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

TEST(KillTimer, EndsAProcessThatIsStopped) {
  EXPECT_EQ(end_of_child([] {
              const auto timer = KillTimer::open();
              if (!timer) ::_exit(1);
              (*timer)->set(50ms);
              ::raise(SIGSTOP);
            }),
            SIGKILL);
}

TEST(KillTimer, TimeThatHasPassedKillsAtOnce) {
  EXPECT_EQ(end_of_child([] {
              const auto timer = KillTimer::open();
              if (timer) (*timer)->set(-1s);
              for (;;) ::pause();
            }),
            SIGKILL);
}

TEST(KillTimer, LastSettingCountsAndItsEndDisarms) {
  EXPECT_EQ(end_of_child([] {
              {
                const auto timer = KillTimer::open();
                if (!timer) ::_exit(1);
                (*timer)->set(20ms);
                (*timer)->set(1h);
                (*timer)->set(30ms);
              }
              ::alarm(1);
              for (;;) ::pause();
            }),
            SIGALRM);
}

}  // namespace
}  // namespace evalscaler::app
