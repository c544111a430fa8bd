// SPDX-License-Identifier: Apache-2.0
#include "workload/engine/bounded_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "workload/engine/worker_pool.hpp"

namespace evalscaler::workload {
namespace {

TEST(BoundedQueue, RefusesWhatDoesNotFitAndLeavesItUntouched) {
  BoundedQueue<std::unique_ptr<int>> queue(2);
  EXPECT_TRUE(queue.try_push(std::make_unique<int>(1)));
  EXPECT_TRUE(queue.try_push(std::make_unique<int>(2)));
  auto third = std::make_unique<int>(3);
  EXPECT_FALSE(queue.try_push(std::move(third)));
  ASSERT_NE(third, nullptr);
  EXPECT_EQ(queue.size(), 2U);
}

TEST(BoundedQueue, GivesItemsInTheOrderTheyCame) {
  BoundedQueue<int> queue(3);
  for (const int item : {7, 8, 9}) ASSERT_TRUE(queue.try_push(int{item}));
  EXPECT_EQ(queue.pop(), 7);
  EXPECT_EQ(queue.pop(), 8);
  EXPECT_EQ(queue.pop(), 9);
}

TEST(BoundedQueue, AfterCloseTakesNothingInButGivesWhatItHolds) {
  BoundedQueue<int> queue(3);
  ASSERT_TRUE(queue.try_push(1));
  queue.close();
  EXPECT_FALSE(queue.try_push(2));
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(BoundedQueue, CloseWakesWhoeverWaits) {
  BoundedQueue<int> queue(1);
  auto popped = std::async(std::launch::async, [&queue] { return queue.pop(); });
  queue.close();
  EXPECT_EQ(popped.get(), std::nullopt);
}

TEST(BoundedQueue, LosesAndDuplicatesNothingBetweenThreads) {
  static constexpr int kItems = 2000;
  BoundedQueue<int> queue(16);
  std::atomic<std::int64_t> sum = 0;
  std::vector<std::jthread> readers;
  readers.reserve(3);
  for (int reader = 0; reader < 3; ++reader) {
    readers.emplace_back([&] {
      while (const auto item = queue.pop()) sum += *item;
    });
  }
  for (int item = 1; item <= kItems; ++item) {
    while (!queue.try_push(int{item})) std::this_thread::yield();
  }
  queue.close();
  readers.clear();
  EXPECT_EQ(sum, kItems * (kItems + 1) / 2);
}

TEST(WorkerPool, DropsQueuedJobsWhenItEnds) {
  std::promise<void> release;
  std::promise<void> running;
  std::atomic<int> ran = 0;
  std::jthread releaser;
  {
    WorkerPool pool({1, 5});
    ASSERT_TRUE(pool.try_submit([&] {
      running.set_value();
      release.get_future().wait();
      ++ran;
    }));
    running.get_future().wait();
    ASSERT_TRUE(pool.try_submit([&ran] { ++ran; }));
    EXPECT_EQ(pool.queue_depth(), 1U);
    // The pool's end must wait for the running job, so somebody else has to let that one go, and
    // only once the queued one is gone.
    releaser = std::jthread([&] {
      while (pool.queue_depth() > 0) std::this_thread::yield();
      release.set_value();
    });
  }
  EXPECT_EQ(ran, 1);
}

}  // namespace
}  // namespace evalscaler::workload
