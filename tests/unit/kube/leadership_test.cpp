// SPDX-License-Identifier: Apache-2.0
#include "kube/leadership.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "fakes/manual_clock.hpp"

namespace evalscaler::kube {
namespace {

using namespace std::chrono_literals;
using Extension = Leadership::Extension;

class LeadershipTest : public ::testing::Test {
 protected:
  Extension extend(std::chrono::nanoseconds by) {
    return leadership_.extend(clock_.steady() + by, clock_.steady());
  }
  bool may_write() const { return leadership_.may_write(clock_.steady()); }

  fakes::ManualClock clock_;
  Leadership leadership_;
};

TEST_F(LeadershipTest, NobodyWritesBeforeItIsHeld) {
  EXPECT_FALSE(may_write());
  EXPECT_FALSE(leadership_.held_until());
}

TEST_F(LeadershipTest, L6WritesEndAtTheDeadlineWithoutAnybodySayingSo) {
  ASSERT_EQ(extend(10s), Extension::Held);
  clock_.advance(10s - 1ns);
  EXPECT_TRUE(may_write());
  clock_.advance(1ns);
  EXPECT_FALSE(may_write());
}

TEST_F(LeadershipTest, L5TimeThatHasPassedDoesNotComeBack) {
  ASSERT_EQ(extend(10s), Extension::Held);
  clock_.advance(10s);
  EXPECT_EQ(extend(10s), Extension::TooLate);
  EXPECT_FALSE(may_write());
}

TEST_F(LeadershipTest, AnExtensionIntoThePastIsTooLate) {
  EXPECT_EQ(extend(0s), Extension::TooLate);
  EXPECT_FALSE(leadership_.held_until());
}

TEST_F(LeadershipTest, EndIsFinal) {
  ASSERT_EQ(extend(10s), Extension::Held);
  leadership_.end("released");
  EXPECT_FALSE(may_write());
  EXPECT_EQ(extend(10s), Extension::TooLate);
  EXPECT_FALSE(may_write());
}

TEST_F(LeadershipTest, TimerIsSetBeforeTheGateOpens) {
  std::optional<SteadyTime> armed;
  Leadership leadership([&](SteadyTime until) { armed = until; });
  const SteadyTime until = clock_.steady() + 10s;
  ASSERT_EQ(leadership.extend(until, clock_.steady()), Extension::Held);
  EXPECT_EQ(armed, until);
}

TEST_F(LeadershipTest, L7WatchdogSeesTheDeadlineWhileARenewalHangs) {
  ASSERT_EQ(extend(10s), Extension::Held);
  std::optional<std::string> why;
  std::jthread watchdog(
      [&](const std::stop_token& stop) { why = leadership_.wait_until_lost(clock_, stop); });
  clock_.advance(10s);
  watchdog.join();
  EXPECT_EQ(why, "the lease could not be renewed in time");
}

TEST_F(LeadershipTest, WatchdogFollowsExtensions) {
  ASSERT_EQ(extend(10s), Extension::Held);
  std::optional<std::string> why;
  std::jthread watchdog(
      [&](const std::stop_token& stop) { why = leadership_.wait_until_lost(clock_, stop); });
  clock_.advance(9s);
  ASSERT_EQ(extend(10s), Extension::Held);
  clock_.advance(9s);
  watchdog.request_stop();
  watchdog.join();
  EXPECT_FALSE(why) << *why;
}

TEST_F(LeadershipTest, WatchdogIsToldWhyItEnded) {
  leadership_.end("another process holds the lease: b");
  EXPECT_EQ(leadership_.wait_until_lost(clock_, {}), "another process holds the lease: b");
}

TEST_F(LeadershipTest, WaitingForItEndsWhenItIsHeldOrAStopIsRequested) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(leadership_.wait_until_held(clock_, stop.get_token()));
  ASSERT_EQ(extend(10s), Extension::Held);
  EXPECT_TRUE(leadership_.wait_until_held(clock_, {}));
}

}  // namespace
}  // namespace evalscaler::kube
