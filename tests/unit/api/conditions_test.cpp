// SPDX-License-Identifier: Apache-2.0
#include "api/conditions.hpp"

#include <gtest/gtest.h>

namespace evalscaler::api {
namespace {

WallTime at_ms(int milliseconds) {
  return WallTime{} + std::chrono::milliseconds(milliseconds);
}

Condition ready(ConditionStatus status, std::string reason) {
  return {"Ready", status, std::move(reason), "for people", 1, {}};
}

TEST(Conditions, TransitionTimeMovesOnlyWithTheStatus) {
  std::vector<Condition> list;
  set_condition(list, ready(ConditionStatus::Unknown, "Starting"), at_ms(1000));
  set_condition(list, ready(ConditionStatus::Unknown, "StillStarting"), at_ms(2000));
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].reason, "StillStarting");
  EXPECT_EQ(list[0].last_transition, at_ms(1000));

  set_condition(list, ready(ConditionStatus::True, "Scaling"), at_ms(3000));
  EXPECT_EQ(list[0].last_transition, at_ms(3000));
}

TEST(Conditions, TransitionTimeHasWholeSeconds) {
  std::vector<Condition> list;
  set_condition(list, ready(ConditionStatus::True, "Scaling"), at_ms(1999));
  EXPECT_EQ(list[0].last_transition, at_ms(1000));
}

TEST(Conditions, KeepTheirOrder) {
  std::vector<Condition> list;
  set_condition(list, ready(ConditionStatus::True, "Scaling"), at_ms(0));
  set_condition(list, {"Paused", ConditionStatus::True, "ModePaused", "", 1, {}}, at_ms(0));
  set_condition(list, ready(ConditionStatus::False, "Paused"), at_ms(0));
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].type, "Ready");
  EXPECT_EQ(list[1].type, "Paused");
}

TEST(Conditions, AreFoundAndRemovedByType) {
  std::vector<Condition> list{ready(ConditionStatus::True, "Scaling")};
  ASSERT_NE(find_condition(list, "Ready"), nullptr);
  EXPECT_EQ(find_condition(list, "Ready")->reason, "Scaling");
  remove_condition(list, "Paused");
  EXPECT_EQ(list.size(), 1U);
  remove_condition(list, "Ready");
  EXPECT_EQ(find_condition(list, "Ready"), nullptr);
}

}  // namespace
}  // namespace evalscaler::api
