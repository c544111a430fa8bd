// SPDX-License-Identifier: Apache-2.0
#include "reconcile/controller.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "fakes/manual_clock.hpp"

namespace evalscaler::reconcile {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const ObjectKey kA{"ml", "a"};
const ObjectKey kB{"ml", "b"};

// Visits that tests script and wait for, in real time only as long as threads need.
class ControllerTest : public ::testing::Test {
 protected:
  using Answer = std::function<Result<NextVisit>(const ObjectKey&, const std::stop_token&)>;

  Controller& controller(unsigned workers, Answer answer) {
    ControllerSettings settings;
    settings.workers = workers;
    controller_ = std::make_unique<Controller>(
        settings,
        [this, answer = std::move(answer)](const ObjectKey& key, const Moment&,
                                           const std::stop_token& stop) {
          auto outcome = answer(key, stop);
          const std::lock_guard lock(mutex_);
          visits_.push_back(key.name);
          changed_.notify_all();
          return outcome;
        },
        [this] { return open_.load(); }, clock_, metrics_);
    return *controller_;
  }
  // ... and until the queue knows what they said.
  bool wait_for_visits(std::size_t count) {
    std::unique_lock lock(mutex_);
    const bool reached =
        changed_.wait_for(lock, seconds(20), [&] { return visits_.size() >= count; });
    lock.unlock();
    while (exposes("controller_runtime_active_workers{controller=\"evaluationservice\"} 1")) {
      std::this_thread::yield();
    }
    return reached;
  }
  std::size_t visits() {
    const std::lock_guard lock(mutex_);
    return visits_.size();
  }
  bool exposes(const std::string& line) {
    return metrics_.exposition().find(line) != std::string::npos;
  }

  fakes::ManualClock clock_;
  telemetry::Metrics metrics_;
  std::atomic<bool> open_{true};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> visits_;
  std::unique_ptr<Controller> controller_;  // last: stops before the rest goes
};

Result<NextVisit> done(const ObjectKey&, const std::stop_token&) {
  return NextVisit{};
}

TEST_F(ControllerTest, VisitsWhatIsAdded) {
  controller(2, done).start();
  controller_->add(kA);
  controller_->add(kB);
  EXPECT_TRUE(wait_for_visits(2));
}

TEST_F(ControllerTest, R20NothingIsVisitedBeforeTheGateOpens) {
  open_ = false;
  controller(1, done).start();
  controller_->add(kA);
  clock_.advance(seconds(1));
  EXPECT_EQ(visits(), 0U);
  open_ = true;
  clock_.advance(seconds(1));
  EXPECT_TRUE(wait_for_visits(1));
}

TEST_F(ControllerTest, ComesBackWhenTheVisitSaid) {
  controller(1, [](const ObjectKey&, const std::stop_token&) -> Result<NextVisit> {
    return NextVisit{seconds(30)};
  }).start();
  controller_->add(kA);
  ASSERT_TRUE(wait_for_visits(1));
  clock_.advance(seconds(29));
  EXPECT_EQ(visits(), 1U);
  clock_.advance(seconds(1));
  EXPECT_TRUE(wait_for_visits(2));
}

TEST_F(ControllerTest, R60ExceptionCostsItsOwnKeyABackOff) {
  controller(1, [this](const ObjectKey& key, const std::stop_token&) -> Result<NextVisit> {
    if (key == kA && visits() == 0) throw std::runtime_error("boom");
    return NextVisit{};
  }).start();
  controller_->add(kA);
  controller_->add(kB);
  ASSERT_TRUE(wait_for_visits(1)) << "the other key goes on";
  for (int i = 0; i < 100 && visits() < 2; ++i) clock_.advance(milliseconds(5));
  EXPECT_TRUE(wait_for_visits(2)) << "and this one is tried again";
  controller_->stop(seconds(0));
  EXPECT_TRUE(
      exposes("controller_runtime_reconcile_errors_total{controller=\"evaluationservice\"} 1"))
      << metrics_.exposition();
}

TEST_F(ControllerTest, StopLetsTheVisitInHandFinish) {
  std::promise<void> entered;
  std::promise<void> release;
  std::atomic<bool> cancelled{false};
  controller(1, [&](const ObjectKey&, const std::stop_token& stop) -> Result<NextVisit> {
    entered.set_value();
    release.get_future().wait();
    cancelled = stop.stop_requested();
    return NextVisit{};
  }).start();
  controller_->add(kA);
  entered.get_future().wait();
  std::thread stopper([&] { controller_->stop(seconds(60)); });
  release.set_value();
  stopper.join();
  EXPECT_FALSE(cancelled);
  EXPECT_EQ(visits(), 1U);
}

TEST_F(ControllerTest, StopCancelsWhatOutlastsItsGrace) {
  std::promise<void> entered;
  controller(1, [&](const ObjectKey&, const std::stop_token& stop) -> Result<NextVisit> {
    entered.set_value();
    while (!stop.stop_requested()) std::this_thread::yield();
    return fail(ErrorKind::Cancelled, "stopped");
  }).start();
  controller_->add(kA);
  entered.get_future().wait();
  controller_->stop(seconds(0));
  EXPECT_EQ(visits(), 1U);
}

TEST_F(ControllerTest, R65IsNotAliveWhileAVisitIsStuck) {
  std::promise<void> entered;
  std::promise<void> release;
  controller(2, [&](const ObjectKey&, const std::stop_token&) -> Result<NextVisit> {
    entered.set_value();
    release.get_future().wait();
    return NextVisit{};
  }).start();
  EXPECT_TRUE(controller_->alive());
  controller_->add(kA);
  entered.get_future().wait();
  clock_.advance(std::chrono::minutes(4));
  EXPECT_TRUE(controller_->alive());
  clock_.advance(std::chrono::minutes(2));
  EXPECT_FALSE(controller_->alive());
  release.set_value();
  ASSERT_TRUE(wait_for_visits(1));
}

}  // namespace
}  // namespace evalscaler::reconcile
