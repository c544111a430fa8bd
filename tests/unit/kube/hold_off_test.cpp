// SPDX-License-Identifier: Apache-2.0
#include "kube/hold_off.hpp"

#include <gtest/gtest.h>

namespace evalscaler::kube {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kNow{std::chrono::hours(1)};

TEST(HoldOff, HoldsOneRequestForItsTime) {  // R39
  HoldOff hold_off;
  hold_off.hold("PATCH /a", 3s, kNow);
  EXPECT_EQ(hold_off.left("PATCH /a", kNow), 3s);
  EXPECT_EQ(hold_off.left("PATCH /a", kNow + 2500ms), 1s);
  EXPECT_FALSE(hold_off.left("PATCH /a", kNow + 3s));
  EXPECT_FALSE(hold_off.left("PATCH /b", kNow));
}

TEST(HoldOff, AShorterWaitDoesNotEndALongerOne) {
  HoldOff hold_off;
  hold_off.hold("PATCH /a", 10s, kNow);
  hold_off.hold("PATCH /a", 1s, kNow);
  EXPECT_EQ(hold_off.left("PATCH /a", kNow), 10s);
}

TEST(HoldOff, NoWaitHoldsNothing) {
  HoldOff hold_off;
  hold_off.hold("PATCH /a", 0s, kNow);
  EXPECT_FALSE(hold_off.left("PATCH /a", kNow));
}

TEST(HoldOff, ForgetsTheSoonestWhenThereAreTooMany) {
  HoldOff hold_off;
  hold_off.hold("PATCH /soonest", 1s, kNow);
  for (std::size_t i = 0; i < kMostHeld; ++i) {
    hold_off.hold("PATCH /" + std::to_string(i), 60s, kNow);
  }
  EXPECT_FALSE(hold_off.left("PATCH /soonest", kNow));
  EXPECT_EQ(hold_off.left("PATCH /0", kNow), 60s);
}

}  // namespace
}  // namespace evalscaler::kube
