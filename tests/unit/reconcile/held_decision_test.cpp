// SPDX-License-Identifier: Apache-2.0
#include "reconcile/held_decision.hpp"

#include <gtest/gtest.h>

namespace evalscaler::reconcile {
namespace {

scaling::Decision up() {
  scaling::Decision decision;
  decision.from = 3;
  decision.to = 5;
  decision.reason = "ThresholdExceeded";
  decision.message = "cache goes to 5";
  decision.steps.push_back({"threshold", 3, 5, "ThresholdExceeded", "memory 90 > 75"});
  return decision;
}

api::Tier cache() {
  api::Tier tier;
  tier.name = "cache";
  return tier;
}

TEST(HeldDecision, ChangesNothingAndSaysWhoHeldIt) {
  const auto held = held_back(up(), cache(), "plan", "PlanInMotion", "a plan is under way");
  EXPECT_EQ(held.to, 3);
  EXPECT_EQ(held.direction(), scaling::Direction::Hold);
  EXPECT_EQ(held.reason, "PlanInMotion");
  EXPECT_EQ(held.message, "cache holds at 3: a plan is under way");
}

TEST(HeldDecision, KeepsTheStepsThatLedToItAndAddsItsOwn) {
  const auto held = held_back(up(), cache(), "plan", "PlanInMotion", "a plan is under way");
  ASSERT_EQ(held.steps.size(), 2U);
  EXPECT_EQ(held.steps[0].stage, "threshold");
  EXPECT_EQ(held.steps[1].stage, "plan");
  EXPECT_EQ(held.steps[1].from, 5);
  EXPECT_EQ(held.steps[1].to, 3);
  EXPECT_EQ(held.steps[1].message, "a plan is under way");
}

TEST(HeldDecision, HeldTwiceNamesBoth) {
  auto held = held_back(up(), cache(), "plan", "PlanInMotion", "first");
  held = held_back(std::move(held), cache(), "budget", "ScaleDownBudget", "second");
  EXPECT_EQ(held.steps.size(), 3U);
  EXPECT_EQ(held.to, 3);
  EXPECT_EQ(held.reason, "ScaleDownBudget");
}

}  // namespace
}  // namespace evalscaler::reconcile
