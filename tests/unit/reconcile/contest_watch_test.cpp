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

api::DecisionRecord ours(api::Replicas from, api::Replicas to) {
  api::DecisionRecord out;
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
  const auto record = ours(5, 8);
  std::optional<api::Contest> contest;
  for (const int minute : {0, 20, 59}) {
    contest = contest_after(contest, ForeignWrite{8, 5, "argocd"}, &record, at(minute));
  }
  ASSERT_TRUE(contest && contest->since);
  EXPECT_EQ(*contest->since, at(59));
  EXPECT_EQ(contest->manager, "argocd");
}

TEST(Contest, ReversalsOfMoreThanAnHourAgoAreForgotten) {
  const auto record = ours(5, 8);
  std::optional<api::Contest> contest;
  for (const int minute : {0, 20, 60}) {
    contest = contest_after(contest, ForeignWrite{8, 5, "argocd"}, &record, at(minute));
  }
  ASSERT_TRUE(contest);
  EXPECT_FALSE(contest->since);
  EXPECT_EQ(contest->reversals.size(), 2U);
  EXPECT_FALSE(contest_after(contest, {}, nullptr, at(200)));
}

TEST(Contest, EndsAnHourAfterItBegan) {
  api::Contest contest{"argocd", {at(0), at(1), at(2)}, at(2)};
  EXPECT_TRUE(contest_after(contest, {}, nullptr, at(61)));
  EXPECT_FALSE(contest_after(contest, {}, nullptr, at(62)));
}

}  // namespace
}  // namespace evalscaler::reconcile
