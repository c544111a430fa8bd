// SPDX-License-Identifier: Apache-2.0
#include "wire/receive_ledger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evalscaler::wire {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;
constexpr std::uint64_t kWatch = 7;
constexpr std::uint64_t kQuery = 8;

class ReceiveLedgerTest : public testing::Test {
 protected:
  // What has come in on every connection by `now_`, and a look at it.
  milliseconds look_at(std::uint64_t watch, std::uint64_t query) {
    now_ += milliseconds(20);
    sockets_ = {{kWatch, 3, watch}, {kQuery, 4, query}};
    return ledger_.look(now_);
  }

  SteadyTime now_{};
  std::vector<TcpSocket> sockets_{{kWatch, 3, 500 * kMiB}, {kQuery, 4, 0}};
  std::vector<std::uint64_t> ended_;
  ReceiveLedger ledger_{[this] { return sockets_; },
                        [this](const TcpSocket& socket) { ended_.push_back(socket.id); }};
};

TEST_F(ReceiveLedgerTest, EndsTheConnectionWhoseBytesNobodyIsGiven) {
  const ReceiveLedger::Allowance allowance(ledger_, 16 * kMiB, now_);
  look_at(500 * kMiB, 10 * kMiB);
  EXPECT_THAT(ended_, IsEmpty());
  look_at(500 * kMiB, 18 * kMiB);
  EXPECT_THAT(ended_, ElementsAre(kQuery));
  EXPECT_EQ(ledger_.ended(), 1U);
}

TEST_F(ReceiveLedgerTest, AnAnswerThatIsGivenOnAsItComesMayBeOfAnyLength) {
  const ReceiveLedger::Allowance allowance(ledger_, 16 * kMiB, now_);
  for (std::uint64_t i = 1; i < 100; ++i) {
    ledger_.give(8 * kMiB);
    look_at(500 * kMiB, i * 8 * kMiB);
  }
  EXPECT_THAT(ended_, IsEmpty());
}

TEST_F(ReceiveLedgerTest, ABusyWatchIsNotTakenForTheOneThatHoldsBack) {
  const ReceiveLedger::Allowance allowance(ledger_, 16 * kMiB, now_);
  ledger_.give(12 * kMiB);
  look_at(512 * kMiB, 12 * kMiB);
  ledger_.give(kMiB);
  look_at(513 * kMiB, 24 * kMiB);
  EXPECT_THAT(ended_, ElementsAre(kQuery));
}

TEST_F(ReceiveLedgerTest, SeveralAnswersOfAllowedSizeAtOnceAreLeftAlone) {
  const ReceiveLedger::Allowance one(ledger_, 16 * kMiB, now_);
  const ReceiveLedger::Allowance two(ledger_, 16 * kMiB, now_);
  look_at(515 * kMiB, 15 * kMiB);
  EXPECT_THAT(ended_, IsEmpty());
}

TEST_F(ReceiveLedgerTest, TheLargestAllowanceInFlightCounts) {
  const ReceiveLedger::Allowance query(ledger_, 16 * kMiB, now_);
  {
    const ReceiveLedger::Allowance list(ledger_, 128 * kMiB, now_);
    look_at(600 * kMiB, 0);
    EXPECT_THAT(ended_, IsEmpty());
  }
  look_at(600 * kMiB, 0);
  EXPECT_THAT(ended_, ElementsAre(kWatch));
}

TEST_F(ReceiveLedgerTest, WhatCameWhileNobodyLookedIsNotCounted) {
  { const ReceiveLedger::Allowance early(ledger_, 16 * kMiB, now_); }
  now_ += std::chrono::minutes(1);
  sockets_ = {{kWatch, 3, 900 * kMiB}, {kQuery, 4, 100 * kMiB}};
  const ReceiveLedger::Allowance allowance(ledger_, 16 * kMiB, now_);
  look_at(900 * kMiB, 101 * kMiB);
  EXPECT_THAT(ended_, IsEmpty());
}

TEST_F(ReceiveLedgerTest, LooksTheOftenerTheLessRoomIsLeft) {
  const ReceiveLedger::Allowance allowance(ledger_, 16 * kMiB, now_);
  EXPECT_EQ(look_at(500 * kMiB, 0), milliseconds(8));
  EXPECT_EQ(look_at(500 * kMiB, 15 * kMiB), milliseconds(1));
}

}  // namespace
}  // namespace evalscaler::wire
