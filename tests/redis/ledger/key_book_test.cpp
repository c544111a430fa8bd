// SPDX-License-Identifier: Apache-2.0
#include "redis/ledger/key_book.hpp"

#include <gtest/gtest.h>

namespace evalscaler::ledger {
namespace {

using Content = KeyBook::Content;

class KeyBookTest : public ::testing::Test {
 protected:
  void acknowledge(Content content = Content::Value) {
    book_.acknowledge(0, book_.begin(0), content);
  }
  void leave_unanswered(Content content = Content::Value) {
    book_.note_unanswered(0, book_.begin(0), content);
  }
  Verdict read(std::uint32_t version) { return book_.judge(0, book_.value(0, version, 64)); }
  Verdict read_nothing() { return book_.judge(0, {}); }

  KeyBook book_{"key:", 2};
};

TEST_F(KeyBookTest, TheAcknowledgedVersionHasToBeThere) {
  acknowledge();
  acknowledge();
  EXPECT_EQ(read(2), Verdict::Right);
  EXPECT_EQ(read(1), Verdict::Old);
  EXPECT_EQ(read_nothing(), Verdict::Lost);
}

TEST_F(KeyBookTest, AWriteThatWasRefusedLeavesWhatWasThere) {
  acknowledge();
  book_.begin(0);
  EXPECT_EQ(read(1), Verdict::Right);
  EXPECT_EQ(read(2), Verdict::Old);
}

TEST_F(KeyBookTest, AnUnansweredWriteMayBeThereNowOrLater) {
  acknowledge();
  leave_unanswered();
  EXPECT_EQ(read(1), Verdict::Right);
  EXPECT_EQ(read(2), Verdict::Right);
  acknowledge();
  EXPECT_EQ(read(2), Verdict::Right);
  EXPECT_EQ(read(3), Verdict::Right);
  EXPECT_EQ(read(1), Verdict::Old);
  EXPECT_EQ(read_nothing(), Verdict::Lost);
}

TEST_F(KeyBookTest, WhatWasRemovedMustNotRise) {
  EXPECT_EQ(read_nothing(), Verdict::Right);
  acknowledge();
  acknowledge(Content::Nothing);
  EXPECT_EQ(read_nothing(), Verdict::Right);
  EXPECT_EQ(read(1), Verdict::Risen);
}

TEST_F(KeyBookTest, AnUnansweredRemovalMayHaveHappenedOrNot) {
  acknowledge();
  leave_unanswered(Content::Nothing);
  EXPECT_EQ(read(1), Verdict::Right);
  EXPECT_EQ(read_nothing(), Verdict::Right);
}

TEST_F(KeyBookTest, AValueOfAnotherKeyOrOfNobodyIsForeign) {
  acknowledge();
  EXPECT_EQ(book_.judge(0, book_.value(1, 1, 64)), Verdict::Foreign);
  EXPECT_EQ(book_.judge(0, "key:0=99=v"), Verdict::Foreign);
  EXPECT_EQ(book_.judge(0, "key:0=1"), Verdict::Foreign);
  EXPECT_EQ(book_.judge(0, "key:0=x=v"), Verdict::Foreign);
  EXPECT_EQ(book_.judge(0, ""), Verdict::Foreign);
}

TEST_F(KeyBookTest, ValuesAreAtLeastAsLongAsAskedFor) {
  EXPECT_EQ(book_.value(0, 7, 64).size(), 64U);
  EXPECT_EQ(book_.value(0, 7, 1), "key:0=7=");
}

}  // namespace
}  // namespace evalscaler::ledger
