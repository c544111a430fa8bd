// SPDX-License-Identifier: Apache-2.0
#include "redis/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evalscaler::redis {
namespace {

Journal full() {
  Journal journal;
  journal.plan_id = "cache-7";
  journal.epoch = 42;
  journal.stateful_set_uid = "1b4e28ba-2fa1-11d2-883f-0016d3cca427";
  journal.direction = Direction::Down;
  journal.from_pods = 8;
  journal.to_pods = 6;
  journal.replica_migration_before = "no";
  journal.keep = {"aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"};
  journal.victims = {"cccccccccccccccc"};
  journal.batch = {{{{0, 99}, {200, 200}}, "aaaaaaaaaaaaaaaa"}};
  journal.moved_slots = 1024;
  journal.total_slots = 4096;
  journal.verified_since = WallTime(std::chrono::milliseconds(1'767'225'600'123));
  return journal;
}

TEST(Journal, ComesBackAsItWasWritten) {
  const auto again = parse_journal(to_json(full()));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, full());
}

TEST(Journal, OfAHundredShardsFitsItsPlace) {
  Journal journal = full();
  journal.keep.assign(100, "0123456789abcdef");
  journal.batch.assign(32, {{{16000, 16383}}, "0123456789abcdef"});
  EXPECT_LE(to_json(journal).size(), kJournalLimit);
}

TEST(Journal, KnowsItsNodesByTheirBeginning) {
  const Journal journal = full();
  EXPECT_TRUE(journal.keeps(std::string(40, 'a')));
  EXPECT_FALSE(journal.keeps(std::string(40, 'c')));
  EXPECT_TRUE(journal.is_victim(std::string(40, 'c')));
  EXPECT_EQ(journal.target_of(200), "aaaaaaaaaaaaaaaa");
  EXPECT_EQ(journal.target_of(100), "");
}

TEST(Journal, OfALaterVersionIsRefused) {
  EXPECT_THAT(parse_journal(R"({"version":2})").error().message, ::testing::HasSubstr("version"));
  EXPECT_THAT(parse_journal(R"({})").error().message, ::testing::HasSubstr("version"));
}

TEST(Journal, UnknownFieldsOfTheSameVersionAreLeftAlone) {
  std::string json = to_json(full());
  json.insert(json.size() - 1, R"(,"later":{"a":[1]})");
  EXPECT_TRUE(parse_journal(json));
}

TEST(Journal, NonsenseIsRefusedWithItsPlace) {
  const auto error = [](const std::string& rest) {
    const auto parsed = parse_journal(R"({"version":1,)" + rest + "}");
    return parsed ? "no error" : parsed.error().message;
  };
  EXPECT_THAT(error(R"("direction":"Sideways")"), ::testing::HasSubstr("direction"));
  EXPECT_THAT(error(R"("batch":[{"slots":"16384","target":"x"}])"), ::testing::HasSubstr("16384"));
  EXPECT_THAT(error(R"("keep":["a"])"), ::testing::HasSubstr("keep[0]"));
  EXPECT_THAT(error(R"("fromPods":6,"toPods":0)"), ::testing::HasSubstr("toPods"));
}

// Found by the fuzz target plan_journal.
TEST(JournalNumbers, BeyondWhatTheyAreKeptInAreRefusedAndNotCutOff) {
  const std::string sound = R"("version":1,"fromPods":8,"toPods":6)";
  EXPECT_TRUE(parse_journal("{" + sound + "}"));
  for (const char* beyond :
       {R"("fromPods":4294967304)", R"("toPods":-6)", R"("replicasPerShard":2147483647)",
        R"("verifiedSinceMs":9223372036854775807)"}) {
    const auto journal = parse_journal("{" + sound + "," + beyond + "}");
    EXPECT_FALSE(journal) << beyond;
  }
}

}  // namespace
}  // namespace evalscaler::redis
