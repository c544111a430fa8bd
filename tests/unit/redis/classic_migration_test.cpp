// SPDX-License-Identifier: Apache-2.0
// Exactly which commands move a slot, in which order, and what each answer leads to.
#include <gtest/gtest.h>

#include "fakes/scripted_redis.hpp"
#include "fakes/stepping_clock.hpp"
#include "redis/migration_engine.hpp"
#include "redis/slot_commands.hpp"

namespace evalscaler::redis {
namespace {

using wire::RedisReply;

constexpr int kSource = 7001;
constexpr int kTarget = 7002;
const std::string kSourceId(40, 'a');
const std::string kTargetId(40, 'b');
const RedisReply kOk = RedisReply::status("OK");

RedisReply keys(const std::vector<std::string>& names) {
  std::vector<RedisReply> items;
  for (const std::string& name : names) items.push_back(RedisReply::bulk(name));
  return RedisReply::array(std::move(items));
}

class ClassicMigration : public ::testing::Test {
 protected:
  ClassicMigration() { limits.max_key_bytes = 1'000; }

  Result<MoveProgress> move(const std::vector<Slot>& slots, const std::vector<Slot>& misled = {}) {
    NodeConnections connections(redis);
    const auto engine = make_classic_migration(limits, clock);
    const MoveSlots action{{kSourceId, {"h", kSource}}, {kTargetId, {"h", kTarget}}, slots, misled};
    return engine->move(action, connections, {});
  }
  void expect_look(int count, const std::vector<std::string>& names, std::int64_t bytes = 60) {
    redis.expect(kSource, "CLUSTER COUNTKEYSINSLOT 5", RedisReply::number(count));
    redis.expect(kSource, "CLUSTER GETKEYSINSLOT 5 100", keys(names));
    for (const std::string& name : names) {
      redis.expect(kSource, "MEMORY USAGE " + name, RedisReply::number(bytes));
    }
  }
  void expect_open() {
    redis.expect(kTarget, "CLUSTER SETSLOT 5 IMPORTING " + kSourceId, kOk);
    redis.expect(kSource, "CLUSTER SETSLOT 5 MIGRATING " + kTargetId, kOk);
  }
  void expect_migrate(const std::string& options, RedisReply answer, int left) {
    redis.expect(kSource, "MIGRATE h 7002  0 1000 " + options, std::move(answer));
    redis.expect(kSource, "CLUSTER COUNTKEYSINSLOT 5", RedisReply::number(left));
  }
  void expect_close() {
    redis.expect(kTarget, "CLUSTER SETSLOT 5 NODE " + kTargetId, kOk);
    expect_heard("5");
    redis.expect(kSource, "CLUSTER SETSLOT 5 NODE " + kTargetId, kOk);
  }
  // What the source answers of the target's slots.
  void expect_heard(const std::string& slots) {
    redis.expect(
        kSource, "CLUSTER NODES",
        RedisReply::bulk(kSourceId + " h:7001@17001 myself,master - 0 0 1 connected 100\n" +
                         kTargetId + " h:7002@17002 master - 0 0 2 connected " + slots + "\n"));
  }

  fakes::SteppingClock clock;
  fakes::ScriptedRedis redis;
  MigrationLimits limits;
};

TEST_F(ClassicMigration, ImportsThenMigratesThenTellsTargetAndSource) {
  expect_look(2, {"a", "b"});
  expect_open();
  expect_migrate("KEYS a b", kOk, 0);
  expect_close();
  const auto moved = move({5});
  ASSERT_TRUE(moved) << moved.error().message;
  EXPECT_EQ(moved->slots, 1);
  EXPECT_EQ(moved->keys, 2);
  EXPECT_EQ(moved->bytes, 120);
}

TEST_F(ClassicMigration, ATargetThatSeesAnotherOwnerIsToldWhoTheSourceIs) {
  redis.expect(kTarget, "CLUSTER SETSLOT 5 NODE " + kSourceId, kOk);
  redis.expect(kTarget, "CLUSTER SETSLOT 6 NODE " + kSourceId, kOk);
  expect_look(1, {"a"});
  expect_open();
  expect_migrate("KEYS a", kOk, 0);
  expect_close();
  EXPECT_EQ(move({5}, {5, 6})->slots, 1);
}

TEST_F(ClassicMigration, AnEmptySlotIsCountedAgainOnceItIsClosedToNewKeys) {
  expect_look(0, {});
  expect_open();
  redis.expect(kSource, "CLUSTER COUNTKEYSINSLOT 5", RedisReply::number(0));
  expect_close();
  EXPECT_EQ(move({5})->slots, 1);
}

TEST_F(ClassicMigration, KeysThatCameMeanwhileAreLookedAtBeforeTheyMove) {
  expect_look(1, {"a"});
  expect_open();
  expect_migrate("KEYS a", kOk, 1);
  expect_look(1, {"late"}, 5'000);
  const auto moved = move({5});
  ASSERT_TRUE(moved->held);
  EXPECT_EQ(moved->held->reason, Reason::KeyTooLarge);
  EXPECT_EQ(moved->held->number, 5'000);
  EXPECT_EQ(moved->slots, 0);
}

TEST_F(ClassicMigration, ASlotWithAKeyThatIsTooLargeIsNotTouched) {
  expect_look(1, {"huge"}, 1'001);
  const auto moved = move({5});
  ASSERT_TRUE(moved->held);
  EXPECT_EQ(moved->held->reason, Reason::KeyTooLarge);
  EXPECT_NE(moved->held->message.find("slot 5"), std::string::npos);
}

TEST_F(ClassicMigration, AKeyThatIsThereIsReplacedOnlyAfterOldConnectionsAreClosed) {
  expect_look(1, {"a"});
  expect_open();
  expect_migrate(
      "KEYS a",
      RedisReply::error("ERR Target instance replied with error: BUSYKEY Target key name exists."),
      1);
  expect_open();
  redis.expect(kTarget, "CLIENT LIST",
               RedisReply::bulk("id=3 addr=1:1 cmd=get\nid=4 addr=1:2 cmd=restore-asking\n"
                                "id=5 addr=1:3 cmd=NULL\n"));
  redis.expect(kTarget, "CLIENT KILL ID 4", RedisReply::number(1));
  redis.expect(kTarget, "CLIENT KILL ID 5", RedisReply::number(1));
  expect_migrate("REPLACE KEYS a", kOk, 0);
  expect_close();
  EXPECT_EQ(move({5})->replaced_batches, 1);
}

TEST_F(ClassicMigration, NothingIsReplacedOnceTheSourceDoesNotOwnTheSlot) {
  expect_look(1, {"a"});
  expect_open();
  expect_migrate("KEYS a", RedisReply::error("BUSYKEY Target key name already exists."), 1);
  redis.expect(kTarget, "CLUSTER SETSLOT 5 IMPORTING " + kSourceId,
               RedisReply::error("ERR I'm already the owner of hash slot 5"));
  EXPECT_EQ(move({5}).error().kind, ErrorKind::Conflict);
}

TEST_F(ClassicMigration, ABatchOfUnknownFateEndsTheVisit) {
  expect_look(1, {"a"});
  expect_open();
  expect_migrate("KEYS a", RedisReply::error("IOERR error or timeout reading to target"), 1);
  EXPECT_EQ(move({5}).error().kind, ErrorKind::OutcomeUnknown);
}

TEST_F(ClassicMigration, TheSourceIsToldOnlyOnceItHasHeardFromTheTarget) {
  expect_look(1, {"a"});
  expect_open();
  expect_migrate("KEYS a", kOk, 0);
  redis.expect(kTarget, "CLUSTER SETSLOT 5 NODE " + kTargetId, kOk);
  expect_heard("7");
  expect_heard("5");
  redis.expect(kSource, "CLUSTER SETSLOT 5 NODE " + kTargetId, kOk);
  EXPECT_EQ(move({5})->slots, 1);
}

TEST_F(ClassicMigration, ASourceThatDoesNotHearKeepsItsMarkForTheNextVisit) {
  expect_look(1, {"a"});
  expect_open();
  expect_migrate("KEYS a", kOk, 0);
  redis.expect(kTarget, "CLUSTER SETSLOT 5 NODE " + kTargetId, kOk);
  for (int looks = 0; looks < 41; ++looks) expect_heard("7");
  const auto moved = move({5});
  ASSERT_TRUE(moved) << moved.error().message;
  EXPECT_EQ(moved->slots, 0);
}

TEST_F(ClassicMigration, ATargetThatMustNotTakeMoreHoldsThePlan) {
  expect_look(1, {"a"});
  expect_open();
  expect_migrate("KEYS a",
                 RedisReply::error("ERR Target instance replied with error: OOM command not"), 1);
  EXPECT_EQ(move({5})->held->reason, Reason::TargetOutOfMemory);
}

TEST_F(ClassicMigration, ARefusalByTheTargetToImportLeavesTheSourceAlone) {
  expect_look(1, {"a"});
  redis.expect(kTarget, "CLUSTER SETSLOT 5 IMPORTING " + kSourceId,
               RedisReply::error("ERR You can use SETSLOT only with masters."));
  EXPECT_EQ(move({5}).error().kind, ErrorKind::Conflict);
}

TEST_F(ClassicMigration, SmallSlotsShareTheirRoundTripsInTheSameOrder) {
  for (const int slot : {5, 6}) {
    redis.expect(kSource, "CLUSTER COUNTKEYSINSLOT " + std::to_string(slot), RedisReply::number(1));
    redis.expect(kSource, "CLUSTER GETKEYSINSLOT " + std::to_string(slot) + " 100",
                 keys({"k" + std::to_string(slot)}));
  }
  redis.expect(kSource, "MEMORY USAGE k5", RedisReply::number(60));
  redis.expect(kSource, "MEMORY USAGE k6", RedisReply::number(60));
  for (const int slot : {5, 6}) {
    redis.expect(kTarget, "CLUSTER SETSLOT " + std::to_string(slot) + " IMPORTING " + kSourceId,
                 kOk);
  }
  for (const int slot : {5, 6}) {
    redis.expect(kSource, "CLUSTER SETSLOT " + std::to_string(slot) + " MIGRATING " + kTargetId,
                 kOk);
  }
  for (const int slot : {5, 6}) {
    const std::string number = std::to_string(slot);
    redis.expect(kSource, "MIGRATE h 7002  0 1000 KEYS k" + number, kOk);
    redis.expect(kSource, "CLUSTER COUNTKEYSINSLOT " + number, RedisReply::number(0));
  }
  for (const int node : {kTarget, kSource}) {
    if (node == kSource) expect_heard("5-6");
    redis.expect(node, "CLUSTER SETSLOT 5 NODE " + kTargetId, kOk);
    redis.expect(node, "CLUSTER SETSLOT 6 NODE " + kTargetId, kOk);
  }
  EXPECT_EQ(move({5, 6})->slots, 2);
}

TEST(MigrateCommand, CarriesUserAndPassword) {
  const auto words = migrate_command({{"k", 1}}, {"h", 1}, {"operator", "secret"},
                                     MigrateMode::KeepExisting, std::chrono::seconds(1));
  EXPECT_EQ(join(words, " "), "MIGRATE h 1  0 1000 AUTH2 operator secret KEYS k");
}

TEST(AtomicMigration, IsSeenInCommandInfo) {
  const auto detect = [](std::vector<RedisReply> items) {
    fakes::ScriptedRedis redis;
    redis.expect(1, "COMMAND INFO cluster|migration cluster|migrateslots",
                 RedisReply::array(std::move(items)));
    NodeConnections connections(redis);
    return *detect_atomic_migration({"h", 1}, connections, {});
  };
  const RedisReply known = keys({"name"});
  EXPECT_EQ(detect({{}, {}}), AtomicMigration::None);
  EXPECT_EQ(detect({known, {}}), AtomicMigration::Redis);
  EXPECT_EQ(detect({{}, known}), AtomicMigration::Valkey);
  EXPECT_TRUE(engine_note(AtomicMigration::None).empty());
  EXPECT_NE(engine_note(AtomicMigration::Valkey).find("classic"), std::string::npos);
}

}  // namespace
}  // namespace evalscaler::redis
