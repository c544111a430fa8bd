// SPDX-License-Identifier: Apache-2.0
#include "reconcile/last_applied.hpp"

#include <gtest/gtest.h>

namespace evalscaler::reconcile {
namespace {

using std::chrono::seconds;

const WallTime kThen{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}.time_since_epoch()};

api::TargetObservation target(api::Replicas replicas, std::optional<WallTime> write) {
  api::TargetObservation out;
  out.spec_replicas = replicas;
  out.our_last_write = write;
  return out;
}

api::DecisionRecord applied(api::Replicas from, api::Replicas to) {
  api::DecisionRecord out;
  out.from = from;
  out.to = to;
  out.applied = true;
  return out;
}

TEST(LastApplied, IsWhatStatusSaysWhenNobodyKnowsBetter) {
  const scaling::History known{kThen, std::nullopt};
  const auto out = last_applied(known, 8, nullptr, target(8, std::nullopt));
  EXPECT_EQ(out.deciding.last_scale_up, kThen);
  EXPECT_FALSE(out.deciding.last_scale_down);
}

TEST(LastApplied, WriteThatStatusNeverSawKeepsItsCooldownAndItsDirection) {
  const auto up = last_applied({}, 5, nullptr, target(8, kThen));
  EXPECT_EQ(up.deciding.last_scale_up, kThen);
  EXPECT_FALSE(up.deciding.last_scale_down);
  EXPECT_EQ(up.recording.last_scale_up, kThen) << "status is made good";
  const auto down = last_applied({}, 9, nullptr, target(8, kThen));
  EXPECT_EQ(down.deciding.last_scale_down, kThen);
  EXPECT_FALSE(down.deciding.last_scale_up);
}

TEST(LastApplied, WriteOfUnknownDirectionHoldsBothWays) {
  const auto out = last_applied({}, std::nullopt, nullptr, target(8, kThen));
  EXPECT_EQ(out.deciding.last_scale_up, kThen);
  EXPECT_EQ(out.deciding.last_scale_down, kThen);
  const auto same = last_applied({}, 8, nullptr, target(8, kThen));
  EXPECT_EQ(same.deciding.last_scale_up, kThen);
  EXPECT_EQ(same.deciding.last_scale_down, kThen);
}

TEST(LastApplied, SameWriteByTheServersClockIsNotWrittenToStatusAgain) {
  const scaling::History known{kThen, std::nullopt};
  const auto record = applied(5, 8);
  const auto out = last_applied(known, 8, &record, target(8, kThen + seconds(2)));
  EXPECT_EQ(out.deciding.last_scale_up, kThen + seconds(2));
  EXPECT_FALSE(out.deciding.last_scale_down);
  EXPECT_EQ(out.recording.last_scale_up, kThen);
}

TEST(LastApplied, OlderWriteChangesNothing) {
  const scaling::History known{kThen, std::nullopt};
  const auto out = last_applied(known, 5, nullptr, target(8, kThen - seconds(1)));
  EXPECT_EQ(out.deciding.last_scale_up, kThen);
  EXPECT_FALSE(out.deciding.last_scale_down);
}

}  // namespace
}  // namespace evalscaler::reconcile
