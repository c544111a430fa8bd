// SPDX-License-Identifier: Apache-2.0
// What real Redis servers do wrong, or have had done to them, while a plan is carried out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/redis_cluster_fixture.hpp"

namespace evalscaler::integration {
namespace {

using redis::Reason;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

class RedisFaultTest : public RedisClusterTest {
 protected:
  // Long enough that a server which is stopped for a second or two stays what it is.
  RedisFaultTest() : RedisClusterTest({"64mb", "yes", "4000"}) {}

  void expect_refused(int to_shards, Reason reason) {
    const DriveResult result = drive(to_shards);
    EXPECT_EQ(result.ending, Ending::Refused);
    ASSERT_FALSE(result.why.empty());
    EXPECT_EQ(to_text(result.why.front().reason), to_text(reason)) << text(result);
  }
  void expect_held(int to_shards, Reason reason) {
    const DriveResult result = drive(to_shards);
    EXPECT_EQ(result.ending, Ending::Held) << text(result);
    ASSERT_FALSE(result.why.empty());
    EXPECT_EQ(to_text(result.why.front().reason), to_text(reason)) << text(result);
  }
};

// Stops the target for as long as the source sends it a batch.
class StoppedTarget final : public wire::RedisConnector {
 public:
  StoppedTarget(const wire::RedisConnector& real, RedisStatefulSet& set, int often)
      : real_(real), set_(set), left_(often) {}
  std::unique_ptr<wire::RedisConnection> open(const redis::Address& address) const override {
    return std::make_unique<Connection>(real_.open(address), *this);
  }
  const wire::RedisAccess& access() const override { return real_.access(); }
  int left() const { return left_; }

 private:
  class Connection final : public wire::RedisConnection {
   public:
    Connection(std::unique_ptr<wire::RedisConnection> real, const StoppedTarget& owner)
        : real_(std::move(real)), owner_(owner) {}
    Result<std::vector<wire::RedisReply>> pipeline(const std::vector<wire::RedisCommand>& commands,
                                                   const std::stop_token& stop) override {
      RedisProcess* target = owner_.target_of(commands.front());
      if (target != nullptr) target->signal(SIGSTOP);
      auto replies = real_->pipeline(commands, stop);
      if (target != nullptr) target->signal(SIGCONT);
      return replies;
    }

   private:
    std::unique_ptr<wire::RedisConnection> real_;
    const StoppedTarget& owner_;
  };

  RedisProcess* target_of(const wire::RedisCommand& command) const {
    if (command.front() != "MIGRATE" || left_ == 0) return nullptr;
    --left_;
    for (int i = 0; i < set_.size(); ++i) {
      if (std::to_string(set_.pod(i).address().port) == command[2]) return &set_.pod(i);
    }
    return nullptr;
  }
  const wire::RedisConnector& real_;
  RedisStatefulSet& set_;
  mutable int left_;
};

TEST_F(RedisFaultTest, ABatchThatWasCutOffIsSentAgainAndNothingOldComesBack) {
  Ledger ledger(set_.connector(), first_pods(set_), 5'000);
  ledger.start();
  Doom doom(Doom::At::AfterWrite, 400);
  ASSERT_EQ(RedisDriver(world_, doom).run(4).ending, Ending::Killed);
  const StoppedTarget stopping(set_.connector(), set_, 5);
  redis::NodeConnections connections(stopping);
  SystemClock clock;
  redis::MigrationLimits limits;
  limits.io_timeout = milliseconds(300);
  const auto engine = redis::make_classic_migration(limits, clock);
  const auto facts = set_.facts();
  int unknown = 0;
  int replaced = 0;
  for (int i = 0; i < 200 && (stopping.left() > 0 || replaced == 0); ++i) {
    const auto view = redis::observe(set_.pods(), connections, {});
    const redis::Step step =
        next_step(*redis::parse_journal(*world_.journal), *view, {facts, {}, clock.wall()});
    world_.journal = to_json(step.journal);
    const auto done = carry_out(step.action, {connections, *engine, clock}, {});
    if (done) replaced += static_cast<int>(done->replaced_batches);
    if (!done && done.error().kind == ErrorKind::OutcomeUnknown) ++unknown;
  }
  EXPECT_GE(unknown, 1);
  EXPECT_GE(replaced, 1);
  expect_finished(4);
  expect_whole(4);
  ledger.stop();
  ledger.expect_all_there();
}

TEST_F(RedisFaultTest, AKeyThatIsTooLargeHoldsThePlanBeforeItsSlotIsTouched) {
  ClusterClient client(set_.connector(), first_pods(set_));
  // Slot 5460 is the last of pod 0: among the first that a new shard is given.
  std::string key = "large";
  for (int i = 0; slot_of(key) < 5000 || slot_of(key) > 5460; ++i)
    key = "large" + std::to_string(i);
  ASSERT_TRUE(client.run(key, {"SETRANGE", key, "2000000", "x"}));
  world_.limits.max_key_bytes = 1'000'000;
  expect_held(4, Reason::KeyTooLarge);
  EXPECT_TRUE(look().open_slots().empty());
  EXPECT_EQ(client.run(key, {"STRLEN", key})->integer, 2'000'001);
  world_.limits.max_key_bytes = 3'000'000;
  expect_finished(4);
  EXPECT_EQ(client.run(key, {"STRLEN", key})->integer, 2'000'001);
}

TEST_F(RedisFaultTest, ATargetWithoutMemoryHoldsThePlan) {
  Ledger ledger(set_.connector(), first_pods(set_), 2'000);
  Doom doom(Doom::At::AfterWrite, 400);
  ASSERT_EQ(RedisDriver(world_, doom).run(4).ending, Ending::Killed);
  for (const int pod : {6, 7}) set_.expect_ok(pod, {"CONFIG", "SET", "maxmemory", "1000000"});
  expect_held(4, Reason::TargetOutOfMemory);
  for (const int pod : {6, 7}) set_.expect_ok(pod, {"CONFIG", "SET", "maxmemory", "64mb"});
  expect_finished(4);
  ledger.expect_all_there();
}

TEST_F(RedisFaultTest, SlotsThatSomebodyElseOpenedAreLeftAlone) {
  const std::string id1 = set_.ask(1, {"CLUSTER", "MYID"}).text;
  set_.expect_ok(0, {"CLUSTER", "SETSLOT", "7", "MIGRATING", id1});
  expect_refused(4, Reason::OpenSlotsOfOthers);
  set_.expect_ok(0, {"CLUSTER", "SETSLOT", "7", "STABLE"});
  Doom doom(Doom::At::AfterWrite, 400);
  ASSERT_EQ(RedisDriver(world_, doom).run(4).ending, Ending::Killed);
  set_.expect_ok(0, {"CLUSTER", "SETSLOT", "7", "MIGRATING", id1});
  expect_held(4, Reason::OpenSlotsOfOthers);
  set_.expect_ok(0, {"CLUSTER", "SETSLOT", "7", "STABLE"});
  expect_finished(4);
}

TEST_F(RedisFaultTest, ANewPodThatBringsSlotsWithItIsNotIntroduced) {
  Doom doom(Doom::At::AfterWrite, 1);
  ASSERT_EQ(RedisDriver(world_, doom).run(4).ending, Ending::Killed);
  ASSERT_EQ(set_.size(), 8);
  set_.expect_ok(6, {"CLUSTER", "ADDSLOTS", "100"});
  expect_held(4, Reason::NotVirgin);
}

TEST_F(RedisFaultTest, AMasterThatDiesWhileItIsDrainedIsDrainedFromItsReplica) {
  Ledger ledger(set_.connector(), first_pods(set_), 5'000);
  expect_finished(4);
  ASSERT_EQ(set_.ask(6, {"ROLE"}).items.at(0).text, "master");
  Doom doom(Doom::At::AfterWrite, 2'003);
  ASSERT_EQ(RedisDriver(world_, doom).run(3).ending, Ending::Killed);
  ASSERT_TRUE(until(std::chrono::seconds(5), [&] {  // the replica has all that was written
    const auto view = look();
    return view.lag(*view.at(7)) == 0;
  }));
  set_.pod(6).kill();
  ASSERT_TRUE(until(std::chrono::seconds(30),
                    [&] { return set_.ask(7, {"ROLE"}).items.at(0).text == "master"; }));
  set_.pod(6).start();
  expect_finished(3);
  expect_whole(3);
  ledger.expect_all_there();
}

TEST(RedisAnswers, AServerWithoutClusterModeOrWithAnotherPasswordIsNamed) {
  RedisStatefulSet set({"64mb", "no", "1000"});
  set.scale(1);
  redis::NodeConnections connections(set.connector());
  const auto view = redis::observe(set.pods(), connections, {});
  EXPECT_EQ(view->members().front().trouble.reason, Reason::ClusterModeOff);

  SystemClock clock;
  const auto wrong = wire::make_redis_connector({{}, "another-secret"}, clock);
  redis::NodeConnections strangers(*wrong);
  const redis::Refusal trouble =
      redis::observe(set.pods(), strangers, {})->members().front().trouble;
  EXPECT_EQ(trouble.reason, Reason::WrongPassword);
  EXPECT_THAT(trouble.message, Not(HasSubstr("another-secret")));
}

TEST(RedisAnswers, ASentinelIsNamedAsWhatItIs) {
  RedisServerOptions options;
  options.sentinel = true;
  RedisStatefulSet set(options);
  set.scale(1);
  redis::NodeConnections connections(set.connector());
  const auto view = redis::observe(set.pods(), connections, {});
  const redis::Refusal& trouble = view->members().front().trouble;
  EXPECT_EQ(trouble.reason, Reason::ClusterModeOff);
  EXPECT_THAT(trouble.message, HasSubstr("Sentinel"));
}

}  // namespace
}  // namespace evalscaler::integration
