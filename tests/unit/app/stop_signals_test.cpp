// SPDX-License-Identifier: Apache-2.0
#include "app/stop_signals.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>

namespace evalscaler::app {
namespace {

void signal_myself(int number) {
  ::kill(::getpid(), number);
}

bool wait_for_stop(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait_for(lock, stop, std::chrono::seconds(20), [] { return false; });
  return stop.stop_requested();
}

TEST(StopSignals, SignalBecomesAStopRequest) {
  for (const int number : {SIGTERM, SIGINT}) {
    const StopSignals signals;
    EXPECT_FALSE(signals.token().stop_requested());
    signal_myself(number);
    EXPECT_TRUE(wait_for_stop(signals.token()));
  }
}

TEST(StopSignals, EndsWithoutASignal) {
  const StopSignals signals;
  EXPECT_FALSE(signals.token().stop_requested());
}

TEST(StopSignalsDeathTest, SecondSignalLeavesAtOnce) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const StopSignals signals;
        signal_myself(SIGTERM);
        wait_for_stop(signals.token());
        signal_myself(SIGTERM);
        ::pause();
      },
      ::testing::ExitedWithCode(1), "asked twice");
}

TEST(StopSignalsDeathTest, StopThatTakesTooLongIsCutShort) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const StopSignals signals(std::chrono::seconds(0));
        signal_myself(SIGTERM);
        ::pause();
      },
      ::testing::ExitedWithCode(1), "could not stop in time");
}

}  // namespace
}  // namespace evalscaler::app
