// SPDX-License-Identifier: Apache-2.0
#include "reconcile/scale_down_budget.hpp"

#include <gtest/gtest.h>

namespace evalscaler::reconcile {
namespace {

using std::chrono::seconds;

SteadyTime at(int second) {
  return SteadyTime{} + seconds(second);
}

TEST(ScaleDownBudget, NeverMoreWithinAnyMinute) {
  ScaleDownBudget budget(3);
  std::vector<int> made;
  for (int second = 0; second < 600; second += 7) {
    if (budget.take(at(second))) made.push_back(second);
  }
  ASSERT_GT(made.size(), 25U) << "all that it allows";
  for (std::size_t i = 3; i < made.size(); ++i) EXPECT_GE(made[i] - made[i - 3], 60) << made[i];
}

TEST(ScaleDownBudget, ZeroIsNoLimit) {
  ScaleDownBudget budget(0);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(budget.take(at(0)));
}

TEST(ScaleDownBudget, CountsVisitsThatEndInAnotherOrderThanTheyBegan) {
  ScaleDownBudget budget(2);
  EXPECT_TRUE(budget.take(at(10)));
  EXPECT_TRUE(budget.take(at(8)));
  EXPECT_FALSE(budget.take(at(60)));
  EXPECT_TRUE(budget.take(at(68))) << "the one at 8 is over, the one at 10 is not";
  EXPECT_FALSE(budget.take(at(69)));
}

TEST(ScaleDownBudget, RefusalHoldsAndSaysWhy) {
  scaling::Decision decision;
  decision.from = 8;
  decision.to = 7;
  decision.reason = "BelowThresholds";
  api::Tier tier;
  tier.name = "app";
  const auto held = ScaleDownBudget(3).refused(decision, tier);
  EXPECT_EQ(held.to, 8);
  EXPECT_EQ(held.reason, "ScaleDownBudget");
  ASSERT_EQ(held.steps.size(), 1U);
  EXPECT_EQ(held.steps[0].from, 7);
  EXPECT_EQ(held.steps[0].to, 8);
  EXPECT_EQ(held.message.rfind("app holds at 8: going to 7 waits", 0), 0U) << held.message;
  EXPECT_NE(held.message.find("--max-scale-downs-per-minute"), std::string::npos);
}

}  // namespace
}  // namespace evalscaler::reconcile
