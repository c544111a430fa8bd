// SPDX-License-Identifier: Apache-2.0
#include "targets/redis_cluster/plan_pace.hpp"

#include <gtest/gtest.h>

namespace evalscaler::targets {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const ObjectKey kKey{"ml", "web"};

SteadyTime at(int second) {
  return SteadyTime(seconds(second));
}

redis::Refusal refusal(redis::Reason reason, const std::string& node = "#1") {
  return {reason, node, 0, ""};
}

api::PlanStatus plan_called(const std::string& id) {
  api::PlanStatus plan;
  plan.id = id;
  return plan;
}

TEST(PlanPace, AWaitCountsFromWhenItBeganAndAnewForAnotherReasonNodeOrPlan) {
  PlanPace pace;
  const auto plan = plan_called("a");
  const auto silent = refusal(redis::Reason::NodeUnreachable);
  EXPECT_EQ(pace.waited(kKey, plan, silent, at(10)), milliseconds(0));
  EXPECT_EQ(pace.waited(kKey, plan, silent, at(17)), seconds(7));
  EXPECT_EQ(pace.waited(kKey, plan, refusal(redis::Reason::NodeUnreachable, "#2"), at(18)),
            seconds(0));
  EXPECT_EQ(pace.waited(kKey, plan_called("b"), silent, at(19)), seconds(0));
  EXPECT_EQ(pace.waited({"ml", "other"}, plan, silent, at(30)), seconds(0));
  pace.acted(kKey);
  EXPECT_EQ(pace.waited(kKey, plan_called("b"), silent, at(40)), seconds(0));
}

TEST(PlanPace, ARateIsToldOverAtLeastFiveSecondsFromWhenSlotsMoved) {
  PlanPace pace;
  auto plan = plan_called("a");
  plan.progress.slots_total = 3'000;
  pace.measure_rate(kKey, plan, at(0));
  pace.measure_rate(kKey, plan, at(100));  // it waited: that is no part of the rate
  plan.progress.slots_moved = 400;
  pace.measure_rate(kKey, plan, at(104));
  EXPECT_FALSE(plan.progress.slots_per_second);
  plan.progress.slots_moved = 1'000;
  pace.measure_rate(kKey, plan, at(105));
  EXPECT_EQ(plan.progress.slots_per_second, 200);
  EXPECT_EQ(plan.progress.eta_seconds, 10);
}

}  // namespace
}  // namespace evalscaler::targets
