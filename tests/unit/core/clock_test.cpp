// SPDX-License-Identifier: Apache-2.0
#include "core/clock.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <utility>
#include <vector>

#include "core/guarded.hpp"

namespace evalscaler {
namespace {

using namespace std::chrono_literals;

TEST(SystemClock, AStopEndsASleepEarly) {
  SystemClock clock;
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  const SteadyTime begun = clock.steady();
  EXPECT_FALSE(clock.sleep_for(1h, stop.get_token()));
  EXPECT_LT(clock.steady() - begun, 1min);
}

TEST(SystemClock, ASleepEndsByItself) {
  SystemClock clock;
  EXPECT_TRUE(clock.sleep_for(1ms, {}));
}

TEST(SystemClock, AWaitEndsWhenItsConditionHolds) {
  SystemClock clock;
  std::mutex mutex;
  std::condition_variable_any changed;
  bool ready = false;
  std::jthread setter([&] {
    const std::lock_guard lock(mutex);
    ready = true;
    changed.notify_all();
  });
  std::unique_lock lock(mutex);
  EXPECT_TRUE(clock.wait(changed, lock, SteadyTime::max(), {}, [&] { return ready; }));
  EXPECT_FALSE(clock.wait(changed, lock, clock.steady(), {}, [] { return false; }));
}

TEST(Guarded, ThreadsSeeEachOthersChanges) {
  Guarded<int> sum;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 1'000; ++n) sum.with([](int& value) { ++value; });
      });
    }
  }
  EXPECT_EQ(std::as_const(sum).with([](const int& value) { return value; }), 4'000);
}

}  // namespace
}  // namespace evalscaler
