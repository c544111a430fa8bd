// SPDX-License-Identifier: Apache-2.0
#include "redis/ledger/latency_window.hpp"

#include <gtest/gtest.h>

namespace evalscaler::ledger {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(LatencyWindow, PercentilesAreValuesThatWereMeasured) {
  LatencyWindow window;
  for (int i = 100; i >= 1; --i) window.add(milliseconds(i));
  EXPECT_EQ(window.percentile(50), 50);
  EXPECT_EQ(window.percentile(99), 99);
  EXPECT_EQ(window.percentile(99.5), 100);
  EXPECT_EQ(window.percentile(100), 100);
  EXPECT_EQ(LatencyWindow{}.percentile(99), 0);
}

TEST(LatencyWindow, ErrorsCountAmongAllWritesThatEnded) {
  LatencyWindow window{"a", microseconds(5), 1, {}};
  EXPECT_EQ(window.error_rate(), 1);
  for (int i = 0; i < 3; ++i) window.add(milliseconds(1));
  EXPECT_EQ(window.error_rate(), 0.25);
  EXPECT_EQ(LatencyWindow{}.error_rate(), 0);
}

TEST(LatencyWindow, MergingAddsUp) {
  LatencyWindow one{"a", microseconds(5), 1, {10}};
  one.merge({"a", microseconds(7), 2, {20, 30}});
  EXPECT_EQ(one.lasted, microseconds(12));
  EXPECT_EQ(one.errors, 3);
  EXPECT_EQ(one.acknowledged(), 3);
}

}  // namespace
}  // namespace evalscaler::ledger
