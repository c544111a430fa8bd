// SPDX-License-Identifier: Apache-2.0
#include "kube/revision.hpp"

#include <gtest/gtest.h>

namespace evalscaler::kube {
namespace {

TEST(Revision, ComparesByLengthThenByText) {  // R23
  EXPECT_EQ(compare_revisions("9", "10"), std::strong_ordering::less);
  EXPECT_EQ(compare_revisions("11", "10"), std::strong_ordering::greater);
  EXPECT_EQ(compare_revisions("10", "10"), std::strong_ordering::equal);
}

TEST(Revision, MayOutgrow64Bits) {
  EXPECT_EQ(compare_revisions("99999999999999999999999998", "99999999999999999999999999"),
            std::strong_ordering::less);
}

TEST(Revision, WhatIsNotWellFormedHasNoOrder) {
  for (const char* odd : {"", "0", "01", "abc", "-1", "1 ", "0x1"}) {
    EXPECT_FALSE(compare_revisions(odd, "10").has_value()) << odd;
    EXPECT_FALSE(compare_revisions("10", odd).has_value()) << odd;
  }
}

}  // namespace
}  // namespace evalscaler::kube
