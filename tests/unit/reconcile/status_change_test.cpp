// SPDX-License-Identifier: Apache-2.0
#include "reconcile/status_change.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace evalscaler::reconcile {
namespace {

const WallTime kThen{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}.time_since_epoch()};

api::ServiceStatus status() {
  api::ServiceStatus out;
  out.observed_generation = 1;
  out.summary = "app 5/5";
  out.conditions.push_back({"Ready", api::ConditionStatus::True, "WithinBand", "cpu 50", 1, kThen});
  api::TierStatus tier;
  tier.name = "app";
  tier.current = tier.ready = tier.desired = 5;
  tier.metrics.push_back({"cpu", ReadingState::Fresh, 50.0, kThen, ""});
  tier.last_decision = api::DecisionRecord{"app", kThen, 5, 5, false, "WithinBand", "cpu 50", {}};
  out.tiers.push_back(tier);
  return out;
}

StatusChange after(const std::function<void(api::ServiceStatus&)>& change) {
  api::ServiceStatus wanted = status();
  change(wanted);
  return compare(status(), wanted);
}

TEST(StatusChange, TextsAndSampleTimesAloneAreNoReasonToWrite) {
  EXPECT_EQ(after([](api::ServiceStatus& wanted) {
              wanted.conditions[0].message = "cpu 51";
              wanted.tiers[0].last_decision->message = "cpu 51";
              wanted.tiers[0].last_decision->time += std::chrono::seconds(15);
              wanted.tiers[0].metrics[0].sample_time = kThen + std::chrono::seconds(15);
            }),
            StatusChange::None);
}

TEST(StatusChange, ReadingCountsWhenItMovedByMoreThanATenth) {
  const auto to = [](double value) {
    return after([=](api::ServiceStatus& wanted) { wanted.tiers[0].metrics[0].value = value; });
  };
  EXPECT_EQ(to(55), StatusChange::None);
  EXPECT_EQ(to(55.1), StatusChange::Moved);
  EXPECT_EQ(to(44.9), StatusChange::Moved);
}

TEST(StatusChange, StateOfAReadingIsWrittenAtOnce) {
  EXPECT_EQ(after([](api::ServiceStatus& wanted) {
              wanted.tiers[0].metrics[0].state = ReadingState::Missing;
            }),
            StatusChange::Decided);
}

TEST(StatusChange, HourOfAVetoIsWrittenOnce) {
  api::ServiceStatus old = status();
  old.tiers[0].vetoed_since = kThen - std::chrono::minutes(59);
  api::ServiceStatus wanted = old;
  wanted.tiers[0].last_decision->time += std::chrono::seconds(59);
  EXPECT_EQ(compare(old, wanted), StatusChange::None);
  wanted.tiers[0].last_decision->time += std::chrono::seconds(1);
  EXPECT_EQ(compare(old, wanted), StatusChange::Decided);
  old = wanted;
  wanted.tiers[0].last_decision->time += std::chrono::hours(1);
  EXPECT_EQ(compare(old, wanted), StatusChange::None);
}

TEST(StatusChange, CountsWaitForTheirTurn) {
  EXPECT_EQ(after([](api::ServiceStatus& wanted) {
              wanted.tiers[0].ready = 4;
              wanted.summary = "app 4/5";
            }),
            StatusChange::Counted);
}

TEST(StatusChange, DecisionsConditionsAndGenerationsAreWrittenAtOnce) {
  using Status = api::ServiceStatus;
  const std::vector<std::function<void(Status&)>> changes{
      [](Status& wanted) { wanted.observed_generation = 2; },
      [](Status& wanted) { wanted.conditions[0].reason = "CooldownUp"; },
      [](Status& wanted) { wanted.conditions[0].status = api::ConditionStatus::False; },
      [](Status& wanted) { wanted.conditions.push_back({}); },
      [](Status& wanted) { wanted.tiers[0].last_decision->to = 8; },
      [](Status& wanted) { wanted.tiers[0].last_decision->reason = "CooldownUp"; },
      [](Status& wanted) { wanted.tiers[0].last_scale_up = kThen; },
      [](Status& wanted) { wanted.tiers.clear(); },
      [](Status& wanted) { wanted.recent_decisions.push_back({}); },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    EXPECT_EQ(after(changes[i]), StatusChange::Decided) << i;
  }
}

}  // namespace
}  // namespace evalscaler::reconcile
