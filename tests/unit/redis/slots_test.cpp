// SPDX-License-Identifier: Apache-2.0
#include "redis/slots.hpp"

#include <gtest/gtest.h>

namespace evalscaler::redis {
namespace {

TEST(Slots, TextAndSetsAreTheSame) {
  const auto ranges = parse_slot_ranges("0-2,7,16383");
  ASSERT_TRUE(ranges);
  const SlotSet set = to_set(*ranges);
  EXPECT_EQ(set.count(), 5U);
  EXPECT_EQ(to_text(to_ranges(set)), "0-2,7,16383");
  EXPECT_EQ(to_list(set), (std::vector<Slot>{0, 1, 2, 7, 16383}));
}

TEST(Slots, NeighboursBecomeOneRange) {
  EXPECT_EQ(to_text(to_ranges(to_set({{5, 6}, {7, 9}, {11, 11}}))), "5-9,11");
}

TEST(Slots, NothingButSlotsIsAccepted) {
  for (const char* text : {"16384", "5-4", "-1", "1-", "a", "", "1-2-3", "0x1", "99999999999"}) {
    EXPECT_FALSE(parse_slot_range(text)) << text;
  }
  EXPECT_FALSE(parse_slot_ranges("1,,2"));
}

}  // namespace
}  // namespace evalscaler::redis
