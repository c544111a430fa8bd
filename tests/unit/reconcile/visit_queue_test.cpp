// SPDX-License-Identifier: Apache-2.0
#include "reconcile/visit_queue.hpp"

#include <gtest/gtest.h>

#include <string>

namespace evalscaler::reconcile {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const ObjectKey kA{"ml", "a"};

class VisitQueueTest : public ::testing::Test {
 protected:
  // One visit to kA that ends like this.
  void visit(const Result<NextVisit>& outcome) {
    queue_.add(kA, now_);
    ASSERT_TRUE(queue_.take(now_));
    queue_.settle(kA, outcome, now_);
  }
  bool exposes(const std::string& line) {
    return metrics_.exposition().find(line) != std::string::npos;
  }

  telemetry::Metrics metrics_;
  VisitQueue queue_{VisitQueueSettings{}, metrics_};
  SteadyTime now_{std::chrono::hours(1)};
};

// The shortest wait before the next visit after each kind of error.
struct AfterError {
  ErrorKind kind;
  std::optional<seconds> retry_after;
  std::chrono::nanoseconds wait;
};

class VisitQueueOutcomes : public VisitQueueTest,
                           public ::testing::WithParamInterface<AfterError> {};

TEST_P(VisitQueueOutcomes, ErrorKindSaysHowLongToWait) {
  const AfterError& row = GetParam();
  visit(Error{row.kind, "no", row.retry_after});
  EXPECT_EQ(queue_.next_due(), now_ + row.wait);
  EXPECT_FALSE(queue_.take(now_ + row.wait - milliseconds(1)));
  EXPECT_TRUE(queue_.take(now_ + row.wait));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, VisitQueueOutcomes,
    ::testing::Values(AfterError{ErrorKind::Conflict, {}, milliseconds(5)},
                      AfterError{ErrorKind::NotFound, {}, seconds(1)},
                      AfterError{ErrorKind::Expired, {}, milliseconds(5)},
                      AfterError{ErrorKind::OutcomeUnknown, {}, milliseconds(5)},
                      AfterError{ErrorKind::Unavailable, {}, milliseconds(5)},
                      AfterError{ErrorKind::Unavailable, seconds(7), seconds(7)},
                      AfterError{ErrorKind::Forbidden, {}, seconds(60)},
                      AfterError{ErrorKind::Invalid, {}, seconds(300)}));

TEST_F(VisitQueueTest, CancelledVisitIsNeitherRepeatedNorCounted) {
  visit(fail(ErrorKind::Cancelled, "stopped"));
  EXPECT_EQ(queue_.next_due(), std::nullopt);
  EXPECT_FALSE(exposes("controller_runtime_reconcile_errors_total{")) << metrics_.exposition();
}

TEST_F(VisitQueueTest, SuccessEndsTheDoublingOfWaits) {
  visit(fail(ErrorKind::Conflict, "race"));
  visit(fail(ErrorKind::Conflict, "race"));
  EXPECT_EQ(queue_.next_due(), now_ + milliseconds(10));
  visit(NextVisit{seconds(30)});
  EXPECT_EQ(queue_.next_due(), now_ + seconds(30));
  visit(fail(ErrorKind::Conflict, "race"));
  EXPECT_EQ(queue_.next_due(), now_ + milliseconds(5));
}

TEST_F(VisitQueueTest, SuccessWithoutAnotherVisitForgetsWhatWasDue) {
  visit(NextVisit{seconds(30)});
  visit(NextVisit{});
  EXPECT_EQ(queue_.next_due(), std::nullopt);
}

TEST_F(VisitQueueTest, WhatChangesDuringItsVisitIsVisitedOnceMore) {
  queue_.add(kA, now_);
  ASSERT_TRUE(queue_.take(now_));
  queue_.add(kA, now_);
  EXPECT_FALSE(queue_.take(now_)) << "R21: one worker per key";
  EXPECT_EQ(queue_.being_visited(), 1U);
  queue_.settle(kA, NextVisit{}, now_);
  EXPECT_EQ(queue_.ready(), 1U);
}

}  // namespace
}  // namespace evalscaler::reconcile
