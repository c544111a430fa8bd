// SPDX-License-Identifier: Apache-2.0
#include "redis/batch_size.hpp"

#include <gtest/gtest.h>

namespace evalscaler::redis {
namespace {

using std::chrono::milliseconds;

TEST(BatchSize, GrowsToTheLimitWhileBatchesAreQuick) {
  BatchSize size(100, milliseconds(25));
  for (int i = 0; i < 10; ++i) size.took(size.keys(), milliseconds(1));
  EXPECT_EQ(size.keys(), 100);
}

TEST(BatchSize, ShrinksAtOnceToWhatFits) {
  BatchSize size(100, milliseconds(25));
  size.took(20, milliseconds(100));
  EXPECT_EQ(size.keys(), 5);
  size.took(5, milliseconds(10'000));
  EXPECT_EQ(size.keys(), 1);
}

TEST(BatchSize, GrowsByAHalfAtMost) {
  BatchSize size(100, milliseconds(25));
  size.took(20, milliseconds(0));
  EXPECT_EQ(size.keys(), 31);
}

}  // namespace
}  // namespace evalscaler::redis
