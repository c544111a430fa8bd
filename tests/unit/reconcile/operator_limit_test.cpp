// SPDX-License-Identifier: Apache-2.0
#include "reconcile/operator_limit.hpp"

#include <gtest/gtest.h>

namespace evalscaler::reconcile {
namespace {

scaling::Decision decision(api::Replicas from, api::Replicas to) {
  scaling::Decision out;
  out.from = from;
  out.to = to;
  out.reason = "ThresholdExceeded";
  return out;
}

api::Tier tier() {
  api::Tier out;
  out.name = "app";
  return out;
}

TEST(OperatorLimit, CutsAScaleUpAndSaysSo) {
  const auto out = limited(decision(900, 1200), tier(), 1000);
  EXPECT_EQ(out.to, 1000);
  EXPECT_EQ(out.reason, kMaxReplicasLimit);
  ASSERT_EQ(out.steps.size(), 1U);
  EXPECT_EQ(out.steps[0].from, 1200);
  EXPECT_NE(out.message.find("--max-replicas-limit 1000"), std::string::npos) << out.message;
}

TEST(OperatorLimit, NeverMakesATierSmaller) {
  const auto beyond = limited(decision(1500, 1600), tier(), 1000);
  EXPECT_EQ(beyond.to, 1500);
  EXPECT_EQ(limited(decision(1500, 1400), tier(), 1000).to, 1400) << "a scale-down goes on";
  EXPECT_EQ(limited(decision(1500, 1500), tier(), 1000).reason, "ThresholdExceeded");
}

TEST(OperatorLimit, LeavesWhatIsAllowedAlone) {
  EXPECT_EQ(limited(decision(5, 1000), tier(), 1000).reason, "ThresholdExceeded");
}

}  // namespace
}  // namespace evalscaler::reconcile
