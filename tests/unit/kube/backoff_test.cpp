// SPDX-License-Identifier: Apache-2.0
#include "kube/backoff.hpp"

#include <gtest/gtest.h>

#include "fakes/manual_clock.hpp"

namespace evalscaler::kube {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Backoff, DoublesFrom800MillisecondsTo30Seconds) {  // R14
  fakes::ManualClock clock;
  Backoff backoff(clock, [] { return 0.0; });
  std::vector<milliseconds> waits;
  for (int i = 0; i < 8; ++i) waits.push_back(backoff.next());
  EXPECT_EQ(waits,
            (std::vector<milliseconds>{milliseconds(800), milliseconds(1600), milliseconds(3200),
                                       milliseconds(6400), milliseconds(12800), milliseconds(25600),
                                       milliseconds(30000), milliseconds(30000)}));
}

TEST(Backoff, ChanceAddsUpToTheSameAgain) {
  fakes::ManualClock clock;
  Backoff backoff(clock, [] { return 0.5; });
  EXPECT_EQ(backoff.next(), milliseconds(1200));
}

TEST(Backoff, StartsOverAfterTwoHealthyMinutes) {
  fakes::ManualClock clock;
  Backoff backoff(clock, [] { return 0.0; });
  (void)backoff.next();
  clock.advance(seconds(119));
  EXPECT_EQ(backoff.next(), milliseconds(1600));
  clock.advance(seconds(121));
  EXPECT_EQ(backoff.next(), milliseconds(800));
}

TEST(Backoff, WaitsAtLeastAsLongAsTheServerAsked) {  // R39
  fakes::ManualClock clock;
  Backoff backoff(clock, [] { return 0.0; });
  EXPECT_EQ(backoff.next(seconds(7)), seconds(7));
  EXPECT_EQ(backoff.next(seconds(1)), milliseconds(1600));
}

}  // namespace
}  // namespace evalscaler::kube
