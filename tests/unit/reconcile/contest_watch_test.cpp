// SPDX-License-Identifier: Apache-2.0
#include "reconcile/contest_watch.hpp"

#include <gtest/gtest.h>

namespace evalscaler::reconcile {
namespace {

using std::chrono::minutes;

WallTime at(int minute) {
  return WallTime{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}} + minutes(minute);
}

api::TargetObservation target(api::Replicas replicas, const std::string& manager) {
  api::TargetObservation out;
  out.spec_replicas = replicas;
  if (!manager.empty()) out.last_writer = api::ReplicasWriter{manager, std::nullopt};
  return out;
}

api::DecisionRecord ours(api::Replicas from, api::Replicas to, int minute = 0) {
  api::DecisionRecord out;
  out.time = at(minute);
  out.from = from;
  out.to = to;
  out.applied = true;
  return out;
}

TEST(ForeignWrite, IsAChangeThatWeDidNotMake) {
  EXPECT_FALSE(foreign_write(8, target(8, "kubectl")));
  EXPECT_FALSE(foreign_write(8, target(5, "evalscaler")));
  EXPECT_FALSE(foreign_write(std::nullopt, target(5, "kubectl")));
  const auto write = foreign_write(8, target(5, "kubectl"));
  ASSERT_TRUE(write);
  EXPECT_EQ(write->manager, "kubectl");
  EXPECT_EQ(write->direction(), scaling::Direction::Down);
  EXPECT_TRUE(foreign_write(8, target(5, ""))) << "nobody is named after a scale to 0";
}

TEST(Contest, OneForeignWriteIsItsAuthorsRight) {
  const auto record = ours(5, 8);
  const auto contest = contest_after({}, ForeignWrite{8, 5, "kubectl"}, &record, at(0));
  ASSERT_TRUE(contest);
  EXPECT_FALSE(contest->since);
  EXPECT_FALSE(contest_after({}, ForeignWrite{8, 12, "kubectl"}, &record, at(0)))
      << "going further the same way undoes nothing";
  EXPECT_FALSE(contest_after({}, ForeignWrite{8, 5, "kubectl"}, nullptr, at(0)));
}

TEST(Contest, ThirdReversalWithinAnHourMakesTheTierStandBack) {
  std::optional<api::Contest> contest;
  for (const int minute : {0, 20, 59}) {
    const auto record = ours(5, 8, minute);
    contest = contest_after(contest, ForeignWrite{8, 5, "argocd"}, &record, at(minute));
  }
  ASSERT_TRUE(contest && contest->since);
  EXPECT_EQ(*contest->since, at(59));
  EXPECT_EQ(contest->manager, "argocd");
}

TEST(Contest, ReversalsOfMoreThanAnHourAgoAreForgotten) {
  std::optional<api::Contest> contest;
  for (const int minute : {0, 20, 60}) {
    const auto record = ours(5, 8, minute);
    contest = contest_after(contest, ForeignWrite{8, 5, "argocd"}, &record, at(minute));
  }
  ASSERT_TRUE(contest);
  EXPECT_FALSE(contest->since);
  EXPECT_EQ(contest->reversals.size(), 2U);
  EXPECT_FALSE(contest_after(contest, {}, nullptr, at(200)));
}

TEST(Contest, OneDecisionIsUndoneOnce) {
  const auto record = ours(5, 8, 0);
  std::optional<api::Contest> contest;
  for (const int minute : {1, 2, 3}) {
    contest = contest_after(contest, ForeignWrite{8, 5, "kubectl"}, &record, at(minute));
  }
  ASSERT_TRUE(contest);
  EXPECT_EQ(contest->reversals.size(), 1U) << "8 was its author's own number by then";
  EXPECT_FALSE(contest->since);
}

TEST(Contest, NothingIsCountedWhileTheTierStandsBack) {
  const api::Contest contest{"argocd", {at(0), at(1), at(2)}, at(2)};
  const auto record = ours(5, 8, 3);
  EXPECT_EQ(contest_after(contest, ForeignWrite{8, 5, "kubectl"}, &record, at(4)), contest);
}

TEST(Contest, LongNamesAreCutToWhatStatusTakes) {
  const auto record = ours(5, 8);
  const auto contest = contest_after({}, ForeignWrite{8, 5, std::string(500, 'm')}, &record, at(1));
  ASSERT_TRUE(contest);
  EXPECT_EQ(contest->manager.size(), 128U);
}

TEST(Contest, ForeignWriteStartsTheCooldownOfItsDirection) {
  const auto up = cooldown_after(ForeignWrite{5, 8, "kubectl"}, at(3));
  EXPECT_EQ(up.last_scale_up, at(3));
  EXPECT_FALSE(up.last_scale_down);
  const auto down = cooldown_after(ForeignWrite{8, 5, "kubectl"}, at(3));
  EXPECT_EQ(down.last_scale_down, at(3));
  EXPECT_FALSE(down.last_scale_up);
}

TEST(Contest, EndsAnHourAfterItBegan) {
  api::Contest contest{"argocd", {at(0), at(1), at(2)}, at(2)};
  EXPECT_TRUE(contest_after(contest, {}, nullptr, at(61)));
  EXPECT_FALSE(contest_after(contest, {}, nullptr, at(62)));
}

}  // namespace
}  // namespace evalscaler::reconcile
