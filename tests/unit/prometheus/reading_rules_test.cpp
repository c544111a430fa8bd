// SPDX-License-Identifier: Apache-2.0
#include "prometheus/reading_rules.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace evalscaler::prometheus {
namespace {

using std::chrono::seconds;

constexpr SteadyTime kNow = SteadyTime{} + std::chrono::hours(1);
constexpr WallTime kEvaluated{std::chrono::seconds(1'767'225'600)};

class Weigh : public testing::Test {
 protected:
  Weigh() {
    outcome.state = ReadingState::Fresh;
    outcome.evaluated_at = kEvaluated;
    outcome.answered_at = kNow - seconds(10);
    cell = {Cell::Since::Answered, 1, SampleKind::Number, 42};
    shape.rows = 1;
    shape.named = 1;
  }
  Evidence weighed() { return weigh({&outcome, &cell, &shape}, question, kNow); }

  Outcome outcome;
  Cell cell;
  AnswerShape shape;
  Question question{{"ml", "prediction"}, {}, QueryOwner::Catalogue, seconds(60)};
};

TEST_F(Weigh, OneRecentNumberIsFresh) {
  EXPECT_EQ(weighed().state, ReadingState::Fresh);
  EXPECT_EQ(weighed().value, 42);
  EXPECT_EQ(weighed().answer_age, seconds(10));
}

TEST_F(Weigh, NeverAskedIsMissing) {
  EXPECT_EQ(weigh({}, question, kNow).state, ReadingState::Missing);
  cell.since = Cell::Since::NoAnswer;
  EXPECT_EQ(weighed().why, "not asked for yet");
}

TEST_F(Weigh, FailedExchangeKeepsItsReason) {
  outcome.state = ReadingState::Missing;
  outcome.why = "Prometheus default: connection refused";
  EXPECT_EQ(weighed().why, outcome.why);
}

TEST_F(Weigh, OldAnswerIsMissing) {
  outcome.answered_at = kNow - seconds(61);
  EXPECT_EQ(weighed().state, ReadingState::Missing);
  EXPECT_EQ(weighed().why, "the last answer is 61 s old, at most 60 s is taken");
}

TEST_F(Weigh, NoSeriesNamesTheServiceAndTheMissingLabel) {
  cell.series = 0;
  EXPECT_EQ(weighed().why, "no series for ml/prediction");
  shape.named = 0;
  EXPECT_EQ(weighed().why,
            "no series for ml/prediction (no series of the answer has the label service)");
  EXPECT_EQ(weighed().state, ReadingState::Missing);
}

TEST_F(Weigh, TwoSeriesAreInvalid) {
  cell.series = 2;
  EXPECT_EQ(weighed().state, ReadingState::Invalid);
  EXPECT_EQ(weighed().why, "2 series for one service; aggregate by namespace, service");
}

TEST_F(Weigh, WhatIsNotANumberIsInvalid) {
  for (const SampleKind kind :
       {SampleKind::NotANumber, SampleKind::Infinite, SampleKind::Unreadable}) {
    cell.kind = kind;
    EXPECT_EQ(weighed().state, ReadingState::Invalid);
  }
}

TEST_F(Weigh, OwnQueryMayBeOneBareNumber) {
  cell.series = 0;
  shape = {1, 0, "", {Cell::Since::Answered, 1, SampleKind::Number, 7}};
  EXPECT_EQ(weighed().state, ReadingState::Missing);  // a catalogue's must name its rows
  question.owner = QueryOwner::Service;
  EXPECT_EQ(weighed().value, 7);
  shape.first_space = "other";
  EXPECT_EQ(weighed().state, ReadingState::Missing);
}

TEST_F(Weigh, OwnQueryWithSeveralForeignRowsIsInvalid) {
  question.owner = QueryOwner::Service;
  cell.series = 0;
  shape.rows = 3;
  EXPECT_EQ(weighed().state, ReadingState::Invalid);
  EXPECT_EQ(weighed().why,
            "3 series and none of them is labelled as ml/prediction; aggregate to one");
}

class ToReading : public testing::Test {
 protected:
  ToReading() {
    metric.unit = "ms";
    metric.valid_range = {Quantity{0}, Quantity{100}};
    target.ready_replicas = 5;
  }
  static Evidence fresh(double value) {
    Evidence out;
    out.state = ReadingState::Fresh;
    out.value = value;
    out.evaluated_at = kEvaluated;
    return out;
  }
  Reading reading(const Evidence& value, const std::optional<Evidence>& age = {},
                  const std::optional<Evidence>& maturity = {}) {
    return to_reading(metric, value, age, maturity, target);
  }
  static Evidence absent() {
    Evidence out;
    out.why = "no series for ml/prediction";
    out.series = Evidence::Series::Absent;
    return out;
  }

  CatalogueMetric metric;
  api::TargetObservation target;
};

TEST_F(ToReading, ValueIsTakenAsItIs) {
  EXPECT_EQ(reading(fresh(70)), Reading::fresh_value(70, kEvaluated));
}

TEST_F(ToReading, OutOfRangeIsInvalidAndSaysTheRange) {
  EXPECT_EQ(reading(fresh(4e9)), Reading::invalid("value 4000000000 outside 0..100 ms"));
  EXPECT_EQ(reading(fresh(-1)).state, ReadingState::Invalid);
  metric.valid_range = {};
  EXPECT_EQ(reading(fresh(-1)).state, ReadingState::Fresh);
}

TEST_F(ToReading, ARatioThatWasRoundedOverItsBoundIsTheBound) {
  EXPECT_EQ(reading(fresh(100.00000000000001)), Reading::fresh_value(100, kEvaluated));
  EXPECT_EQ(reading(fresh(100.000001)).state, ReadingState::Invalid);
}

TEST_F(ToReading, TotalIsDividedByReadyReplicas) {
  metric.scope = Scope::PerReadyReplica;
  EXPECT_EQ(reading(fresh(350)).value, 70);
  target.ready_replicas = 0;
  EXPECT_EQ(reading(fresh(350)), Reading::missing("no ready replica to divide the total by"));
}

TEST_F(ToReading, ATotalIsNotDividedAndNotHeldToTheRangeOfOneReplica) {
  metric.scope = Scope::PerReadyReplica;
  target.ready_replicas = 0;
  const auto total = [&](double value) {
    return to_reading(metric, fresh(value), {}, {}, target, Amount::Total);
  };
  EXPECT_EQ(total(350), Reading::fresh_value(350, kEvaluated));
  EXPECT_EQ(total(-1).state, ReadingState::Invalid);
}

TEST_F(ToReading, UsageIsPutInPercentOfThePodTemplate) {
  metric.scope = Scope::PerReadyReplica;
  metric.percent_of = PercentOf::CpuRequest;
  EXPECT_EQ(reading(fresh(1)),
            Reading::missing("the pod template sets no CPU request; set resources.requests.cpu"));
  target.resources.cpu_request = 0.5;
  EXPECT_DOUBLE_EQ(reading(fresh(1)).value, 40);
}

TEST_F(ToReading, RangeAppliesToTheFinalValue) {
  metric.scope = Scope::PerReadyReplica;
  EXPECT_TRUE(reading(fresh(499)).fresh());
  EXPECT_EQ(reading(fresh(501)).state, ReadingState::Invalid);
}

TEST_F(ToReading, OverflowIsInvalid) {
  metric.valid_range = {};
  metric.percent_of = PercentOf::MemoryLimit;
  target.resources.memory_limit = 1e-300;
  EXPECT_EQ(reading(fresh(1e300)).state, ReadingState::Invalid);
}

TEST_F(ToReading, AgeOfTheSampleCountsWithTheAgeOfTheAnswer) {
  Evidence age = fresh(50);
  EXPECT_EQ(reading(fresh(70), age).sample_time, kEvaluated - seconds(50));
  age.answer_age = seconds(45);
  EXPECT_EQ(reading(fresh(70), age), Reading::missing("sample is 95 s old, maxAge 60 s"));
  EXPECT_EQ(reading(fresh(70), fresh(-31)).state, ReadingState::Invalid);
}

TEST_F(ToReading, UnknownAgeIsNotFresh) {
  EXPECT_EQ(reading(fresh(70), absent()),
            Reading::missing("age unknown: no series for ml/prediction"));
}

TEST_F(ToReading, TooLittleHistoryIsImmature) {
  EXPECT_EQ(reading(fresh(70), {}, fresh(0.5)),
            Reading::immature("only 50% of the window has samples, 80% is needed"));
  EXPECT_EQ(reading(fresh(70), {}, absent()).state, ReadingState::Immature);
  EXPECT_TRUE(reading(fresh(70), {}, fresh(0.8)).fresh());
}

TEST_F(ToReading, PartialAnswerIsFreshButNotEnoughToShrink) {
  Evidence value = fresh(70);
  value.partial = true;
  EXPECT_TRUE(reading(value).fresh());
  EXPECT_FALSE(reading(value).fresh_enough_to_shrink());
  EXPECT_FALSE(reading(value).why.empty());
}

}  // namespace
}  // namespace evalscaler::prometheus
