// SPDX-License-Identifier: Apache-2.0
// An evaluation that repeats itself takes no memory: every allocation of this program is counted.
#include <gtest/gtest.h>

#include "bench/decision_case.hpp"
#include "fakes/allocation_counter.hpp"
#include "scaling/reasons.hpp"

namespace evalscaler::scaling {
namespace {

using bench::DecisionCase;
using bench::Load;
using fakes::allocations;

// Long enough for every window to have been full once.
constexpr int kWarmUp = 50;

struct Repeated {
  std::size_t allocations = 0;
  std::string_view reason;  // of the last one
};

Repeated repeat(DecisionCase tier) {
  for (int i = 0; i < kWarmUp; ++i) tier.evaluate();
  const std::size_t before = allocations();
  Repeated out;
  for (int i = 0; i < 100; ++i) out.reason = tier.evaluate().reason;
  out.allocations = allocations() - before;
  return out;
}

TEST(Allocation, AQuietHoldTakesNone) {
  const Repeated threshold = repeat(DecisionCase::threshold(5, Load::Quiet));
  EXPECT_EQ(threshold.reason, reasons::kWithinBand);
  EXPECT_EQ(threshold.allocations, 0U);
  const Repeated tracking = repeat(DecisionCase::tracking(5, Load::Quiet));
  EXPECT_EQ(tracking.reason, reasons::kWithinTolerance);
  EXPECT_EQ(tracking.allocations, 0U);
}

TEST(Allocation, ADecisionToScaleTakesNone) {
  const Repeated up = repeat(DecisionCase::threshold(5, Load::Busy));
  EXPECT_EQ(up.reason, reasons::kThresholdExceeded);
  EXPECT_EQ(up.allocations, 0U);
  const Repeated limited = repeat(DecisionCase::tracking(5, Load::Busy));
  EXPECT_EQ(limited.reason, reasons::kScaleUpLimit);
  EXPECT_EQ(limited.allocations, 0U);
  EXPECT_EQ(repeat(DecisionCase::threshold(5, Load::Low)).allocations, 0U);
  EXPECT_EQ(repeat(DecisionCase::tracking(5, Load::Low)).allocations, 0U);
}

TEST(Allocation, AReadingThatNeverComesTakesNone) {
  EXPECT_EQ(repeat(DecisionCase::threshold(5, Load::Blind)).allocations, 0U);
  EXPECT_EQ(repeat(DecisionCase::tracking(1, Load::Blind)).allocations, 0U);
}

TEST(Allocation, WordsDoTakeSomeAndTheCounterSeesThem) {
  DecisionCase tier = DecisionCase::threshold(5, Load::Quiet);
  const Outcome outcome = tier.evaluate();
  const std::size_t before = allocations();
  EXPECT_FALSE(tier.last_in_words(outcome).message.empty());
  EXPECT_GT(allocations(), before);
}

}  // namespace
}  // namespace evalscaler::scaling
