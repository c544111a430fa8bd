// SPDX-License-Identifier: Apache-2.0
#include "wire/exchange.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "fakes/manual_clock.hpp"

namespace evalscaler::wire {
namespace {

using namespace std::chrono_literals;

class ExchangeTest : public ::testing::Test {
 protected:
  std::shared_ptr<fakes::ManualClock> clock_ = std::make_shared<fakes::ManualClock>();
};

TEST_F(ExchangeTest, NothingLeavesOrEntersAfterDetach) {
  int lines = 0;
  const auto count = [&](std::string_view) {
    ++lines;
    return true;
  };
  const LineSink sink(count);
  Exchange exchange(clock_, "body", 100, &sink);
  exchange.take_headers(200, {});
  EXPECT_TRUE(exchange.take_bytes("one\n"));
  EXPECT_EQ(exchange.detach(), Exchange::Verdict::Running);
  EXPECT_FALSE(exchange.take_bytes("two\n"));
  EXPECT_EQ(exchange.give_body(10), std::nullopt);
  EXPECT_EQ(lines, 1);
}

TEST_F(ExchangeTest, KnowsThatNoBodyWasTaken) {
  Exchange untouched(clock_, "body", 100, nullptr);
  untouched.detach();
  EXPECT_TRUE(untouched.known_unsent());
  Exchange begun(clock_, "body", 100, nullptr);
  EXPECT_EQ(begun.give_body(3), "bod");
  EXPECT_EQ(begun.give_body(3), "y");
  EXPECT_EQ(begun.give_body(3), "");
  EXPECT_FALSE(begun.known_unsent());
  EXPECT_FALSE(Exchange(clock_, "", 100, nullptr).known_unsent());
}

TEST_F(ExchangeTest, ADeadlineHoldsHoweverMuchComes) {
  Exchange exchange(clock_, "", 1'000'000, nullptr);
  exchange.take_headers(200, {});
  const SteadyTime deadline = clock_->steady() + 10s;
  std::jthread peer([&](const std::stop_token& ended) {
    while (!ended.stop_requested()) {
      exchange.take_bytes("x");
      clock_->advance(1s);
    }
  });
  EXPECT_EQ(exchange.wait(deadline, {}, {}), Exchange::Waited::TimedOut);
}

TEST_F(ExchangeTest, TheIdleLimitCountsFromTheLastBytes) {
  Exchange exchange(clock_, "", 100, nullptr);
  exchange.take_headers(200, {});
  clock_->advance(9s);
  exchange.take_bytes("x");
  clock_->advance(9s);
  EXPECT_EQ(exchange.wait(clock_->steady(), 10s, {}), Exchange::Waited::TimedOut)
      << "the deadline comes first";
  clock_->advance(1s);
  EXPECT_EQ(exchange.wait(SteadyTime::max(), 10s, {}), Exchange::Waited::TimedOut);
}

TEST_F(ExchangeTest, IsDoneOnlyWhenTheLibraryHasLetGo) {
  Exchange exchange(clock_, "", 100, nullptr);
  exchange.take_headers(204, {});
  exchange.finish({});
  std::jthread library([&] { exchange.release(); });
  EXPECT_EQ(exchange.wait(SteadyTime::max(), {}, {}), Exchange::Waited::Done);
  EXPECT_EQ(exchange.detach(), Exchange::Verdict::Complete);
  EXPECT_EQ(exchange.take_response().status, 204);
}

TEST_F(ExchangeTest, AFaultThatWeCausedIsNotReported) {
  Exchange exchange(clock_, "", 3, nullptr);
  exchange.take_headers(200, {});
  EXPECT_FALSE(exchange.take_bytes("four"));
  exchange.finish(TransportFault{FaultPhase::Answer, "cut"});
  EXPECT_EQ(exchange.detach(), Exchange::Verdict::TooLarge);
}

}  // namespace
}  // namespace evalscaler::wire
