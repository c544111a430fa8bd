// SPDX-License-Identifier: Apache-2.0
#include "api/enum_text.hpp"

#include <gtest/gtest.h>

namespace evalscaler::api {
namespace {

TEST(EnumText, NamesEachEnumerator) {
  EXPECT_EQ(to_text(ServiceType::EvaluationEngine), "EvaluationEngine");
  EXPECT_EQ(to_text(ServiceType::DataManager), "DataManager");
  EXPECT_EQ(to_text(ServiceType::Orchestrator), "Orchestrator");
  EXPECT_EQ(to_text(ServiceType::CacheManager), "CacheManager");
  EXPECT_EQ(to_text(ServiceType::MetricsCollector), "MetricsCollector");
  EXPECT_EQ(to_text(Mode::Auto), "Auto");
  EXPECT_EQ(to_text(Mode::DryRun), "DryRun");
  EXPECT_EQ(to_text(Mode::Paused), "Paused");
  EXPECT_EQ(to_text(Worse::Higher), "Higher");
  EXPECT_EQ(to_text(Worse::Lower), "Lower");
  EXPECT_EQ(to_text(OnUnavailable::HoldDown), "HoldDown");
  EXPECT_EQ(to_text(OnUnavailable::Ignore), "Ignore");
  EXPECT_EQ(to_text(CooldownKind::PerDirection), "PerDirection");
  EXPECT_EQ(to_text(CooldownKind::Shared), "Shared");
  EXPECT_EQ(to_text(ConditionStatus::True), "True");
  EXPECT_EQ(to_text(ConditionStatus::False), "False");
  EXPECT_EQ(to_text(ConditionStatus::Unknown), "Unknown");
}

TEST(EnumText, OfReadingsIsThatOfCore) {
  for (const ReadingState state : {ReadingState::Fresh, ReadingState::Missing,
                                   ReadingState::Invalid, ReadingState::Immature}) {
    EXPECT_EQ(from_text<ReadingState>(evalscaler::to_text(state)), state);
  }
}

TEST(EnumText, UnknownTextIsNoEnumerator) {
  EXPECT_EQ(from_text<Mode>("auto"), std::nullopt);
  EXPECT_EQ(from_text<Mode>(""), std::nullopt);
  EXPECT_EQ(from_text<Mode>("Auto "), std::nullopt);
}

}  // namespace
}  // namespace evalscaler::api
