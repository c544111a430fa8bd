// SPDX-License-Identifier: Apache-2.0
#include "reconcile/work_queue.hpp"

#include <gtest/gtest.h>

#include <string>

namespace evalscaler::reconcile {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const ObjectKey kA{"ml", "a"};
const ObjectKey kB{"ml", "b"};
constexpr SteadyTime kStart = SteadyTime{} + seconds(1000);

std::string take(WorkQueue& queue, SteadyTime now) {
  const auto item = queue.take(now);
  return item ? item->key.name : "";
}

TEST(WorkQueue, GivesKeysInTheOrderTheyCame) {
  WorkQueue queue;
  queue.add(kB, kStart);
  queue.add(kA, kStart);
  EXPECT_EQ(take(queue, kStart), "b");
  EXPECT_EQ(take(queue, kStart), "a");
  EXPECT_EQ(take(queue, kStart), "");
}

TEST(WorkQueue, AddsOfOneKeyAreOneVisit) {
  WorkQueue queue;
  for (int i = 0; i < 5; ++i) queue.add(kA, kStart);
  EXPECT_EQ(queue.ready(), 1U);
  EXPECT_EQ(take(queue, kStart), "a");
  EXPECT_EQ(take(queue, kStart), "");
}

TEST(WorkQueue, R21KeyInWorkIsNotGivenTwiceButOnceMoreAfterwards) {
  WorkQueue queue;
  queue.add(kA, kStart);
  ASSERT_EQ(take(queue, kStart), "a");
  queue.add(kA, kStart);
  queue.add(kA, kStart);
  EXPECT_EQ(take(queue, kStart), "") << "one worker per key";
  queue.done(kA, kStart);
  EXPECT_EQ(take(queue, kStart), "a");
  queue.done(kA, kStart);
  EXPECT_EQ(take(queue, kStart), "");
}

TEST(WorkQueue, DueKeyWaitsForItsTime) {
  WorkQueue queue;
  queue.add_at(kA, kStart + seconds(30));
  EXPECT_EQ(queue.next_due(), kStart + seconds(30));
  EXPECT_EQ(take(queue, kStart + seconds(29)), "");
  EXPECT_EQ(take(queue, kStart + seconds(30)), "a");
  EXPECT_EQ(queue.next_due(), std::nullopt);
}

TEST(WorkQueue, LaterDueTimeReplacesTheEarlierOne) {
  WorkQueue queue;
  queue.add_at(kA, kStart + seconds(10));
  queue.add_at(kA, kStart + seconds(20));
  EXPECT_EQ(take(queue, kStart + seconds(10)), "");
  EXPECT_EQ(take(queue, kStart + seconds(20)), "a");
}

TEST(WorkQueue, DueWhileInWorkComesAfterDone) {
  WorkQueue queue;
  queue.add(kA, kStart);
  ASSERT_EQ(take(queue, kStart), "a");
  queue.add_at(kA, kStart + seconds(1));
  EXPECT_EQ(take(queue, kStart + seconds(2)), "");
  queue.done(kA, kStart + seconds(2));
  EXPECT_EQ(take(queue, kStart + seconds(2)), "a");
}

TEST(WorkQueue, R22RetriesWaitTwiceAsLongEachTimeUpToTheLimit) {
  WorkQueue queue({milliseconds(5), seconds(1000), 1e9, 1e9});
  EXPECT_EQ(queue.retry(kA, kStart), milliseconds(5));
  EXPECT_EQ(queue.retry(kA, kStart), milliseconds(10));
  EXPECT_EQ(queue.retry(kA, kStart), milliseconds(20));
  for (int i = 0; i < 100; ++i) queue.retry(kA, kStart);
  EXPECT_EQ(queue.retry(kA, kStart), seconds(1000));
  EXPECT_EQ(queue.retry(kB, kStart), milliseconds(5)) << "other keys start afresh";
}

TEST(WorkQueue, R22SuccessEndsTheRow) {
  WorkQueue queue;
  queue.retry(kA, kStart);
  queue.retry(kA, kStart);
  queue.succeeded(kA);
  EXPECT_EQ(queue.retry(kA, kStart), milliseconds(5));
}

TEST(WorkQueue, R22RetriesOfAllKeysTogetherAreTenPerSecondAfterABurst) {
  WorkQueue queue;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(queue.retry({"ml", std::to_string(i)}, kStart), milliseconds(5));
  }
  EXPECT_EQ(queue.retry({"ml", "100"}, kStart), milliseconds(100));
  EXPECT_EQ(queue.retry({"ml", "101"}, kStart), milliseconds(200));
  EXPECT_EQ(queue.retry({"ml", "102"}, kStart + seconds(60)), milliseconds(5)) << "refilled";
}

TEST(WorkQueue, ForgottenKeyIsNotDueAnyMore) {
  WorkQueue queue;
  queue.retry(kA, kStart);
  queue.forget(kA);
  EXPECT_EQ(queue.next_due(), std::nullopt);
  EXPECT_EQ(queue.failures(kA), 0U);
}

TEST(WorkQueue, SaysHowLongAKeyWaited) {
  WorkQueue queue;
  queue.add(kA, kStart);
  const auto item = queue.take(kStart + seconds(3));
  ASSERT_TRUE(item);
  EXPECT_EQ(item->waited, seconds(3));
}

}  // namespace
}  // namespace evalscaler::reconcile
