// SPDX-License-Identifier: Apache-2.0
#include "redis/ledger/cluster_client.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace evalscaler::ledger {
namespace {

using wire::RedisCommand;
using wire::RedisReply;
using Replies = std::vector<RedisReply>;

const redis::Address kOne{"10.0.0.1", 6379};
const redis::Address kTwo{"10.0.0.2", 6379};

// Two nodes that answer by script; what each was sent is kept.
class ScriptedNodes final : public wire::RedisConnector {
 public:
  using Answer = Result<RedisReply>;

  std::unique_ptr<wire::RedisConnection> open(const redis::Address& address) const override {
    return std::make_unique<Connection>(*this, address);
  }
  const wire::RedisAccess& access() const override { return access_; }

  mutable std::map<redis::Address, std::deque<Answer>> answers;
  mutable std::vector<std::pair<redis::Address, RedisCommand>> sent;
  redis::Address owner = kOne;  // of all slots, by CLUSTER SLOTS

 private:
  class Connection final : public wire::RedisConnection {
   public:
    Connection(const ScriptedNodes& nodes, redis::Address address)
        : nodes_(nodes), address_(std::move(address)) {}
    Result<Replies> pipeline(const std::vector<RedisCommand>& commands,
                             const std::stop_token&) override {
      Replies out;
      for (const RedisCommand& command : commands) {
        if (command.front() == "CLUSTER") {
          out.push_back(nodes_.map());
          continue;
        }
        nodes_.sent.emplace_back(address_, command);
        if (command.front() == "ASKING") {
          out.push_back(RedisReply::status("OK"));
          continue;
        }
        auto& script = nodes_.answers[address_];
        if (script.empty()) return fail(ErrorKind::Unavailable, "no more answers");
        const Answer answer = script.front();
        script.pop_front();
        if (!answer) return answer.error();
        out.push_back(*answer);
      }
      return out;
    }

   private:
    const ScriptedNodes& nodes_;
    redis::Address address_;
  };

  RedisReply map() const {
    const auto node = RedisReply::array(
        {RedisReply::bulk(owner.host), RedisReply::number(owner.port), RedisReply::bulk("id")});
    return RedisReply::array({RedisReply::array(
        {RedisReply::number(0), RedisReply::number(redis::kSlotCount - 1), node})});
  }
  wire::RedisAccess access_;
};

class ClusterClientTest : public ::testing::Test {
 protected:
  RedisReply set() {
    const auto reply = client_.run("k", {"SET", "k", "v"});
    return reply ? *reply : RedisReply::error("- " + reply.error().message);
  }
  void script(const redis::Address& node, std::initializer_list<ScriptedNodes::Answer> answers) {
    for (const auto& answer : answers) nodes_.answers[node].push_back(answer);
  }
  std::string sent() const {
    std::string out;
    for (const auto& [node, command] : nodes_.sent) {
      out += node.host.substr(7) + " " + command.front() + ", ";
    }
    return out;
  }

  ScriptedNodes nodes_;
  ClusterClient client_{nodes_, {kOne, kTwo}, std::chrono::milliseconds(200)};
};

TEST_F(ClusterClientTest, FollowsMovedAndRemembersIt) {
  script(kOne, {RedisReply::error("MOVED 7629 10.0.0.2:6379")});
  script(kTwo, {RedisReply::status("OK"), RedisReply::status("OK")});
  EXPECT_EQ(set().text, "OK");
  EXPECT_EQ(set().text, "OK");
  EXPECT_EQ(sent(), "1 SET, 2 SET, 2 SET, ");
  EXPECT_EQ(client_.seen_to().at("MOVED"), 1);
}

TEST_F(ClusterClientTest, ConnectionsOfOneClientLearnForEachOther) {
  const auto map = std::make_shared<SlotMap>(std::vector{kOne});
  ClusterClient first(nodes_, map, std::chrono::milliseconds(200));
  ClusterClient second(nodes_, map, std::chrono::milliseconds(200));
  script(kOne, {RedisReply::error("MOVED 7629 10.0.0.2:6379")});
  script(kTwo, {RedisReply::status("OK"), RedisReply::status("OK")});
  ASSERT_TRUE(first.run("k", {"SET", "k", "v"}));
  ASSERT_TRUE(second.run("k", {"SET", "k", "v"}));
  EXPECT_EQ(sent(), "1 SET, 2 SET, 2 SET, ");
}

TEST_F(ClusterClientTest, AnAnswerThatIsNoMapChangesNothing) {
  SlotMap map({kOne});
  const auto row = [](std::vector<RedisReply> items) { return RedisReply::array(items); };
  EXPECT_FALSE(map.take(RedisReply::error("CLUSTERDOWN")));
  EXPECT_FALSE(map.take(row({row({RedisReply::number(0), RedisReply::number(1)})})));
  EXPECT_FALSE(map.learned());
  EXPECT_EQ(map.owner(1), kOne);
}

TEST_F(ClusterClientTest, AsksOnceWhereItIsSentWithAsk) {
  script(kOne, {RedisReply::error("ASK 7629 10.0.0.2:6379"), RedisReply::status("OK")});
  script(kTwo, {RedisReply::status("OK")});
  EXPECT_EQ(set().text, "OK");
  EXPECT_EQ(set().text, "OK");
  EXPECT_EQ(sent(), "1 SET, 2 ASKING, 2 SET, 1 SET, ");
}

TEST_F(ClusterClientTest, TriesAgainWhereTheClusterSaysNotNow) {
  script(kOne, {RedisReply::error("TRYAGAIN Multiple keys request during rehashing of slot"),
                RedisReply::error("CLUSTERDOWN The cluster is down"), RedisReply::status("OK")});
  EXPECT_EQ(set().text, "OK");
  EXPECT_EQ(sent(), "1 SET, 1 SET, 1 SET, ");
  EXPECT_EQ(client_.unanswered(), 0);
}

TEST_F(ClusterClientTest, LearnsTheMapAnewWhenANodeDoesNotAnswer) {
  script(kOne, {RedisReply::status("OK"), fail(ErrorKind::OutcomeUnknown, "reset")});
  script(kTwo, {RedisReply::status("OK")});
  EXPECT_EQ(set().text, "OK");
  nodes_.owner = kTwo;
  EXPECT_EQ(set().text, "OK");
  EXPECT_EQ(sent(), "1 SET, 1 SET, 2 SET, ");
  EXPECT_EQ(client_.unanswered(), 1);
}

TEST_F(ClusterClientTest, AnErrorThatWillNotPassIsTheAnswer) {
  script(kOne, {RedisReply::error("OOM command not allowed when used memory > 'maxmemory'.")});
  EXPECT_EQ(set().text.substr(0, 3), "OOM");
  EXPECT_EQ(sent(), "1 SET, ");
}

TEST_F(ClusterClientTest, GivesUpAfterItsPatience) {
  EXPECT_EQ(set().text, "- no more answers");
  EXPECT_GE(client_.seen_to().at("connection"), 1);
  EXPECT_EQ(client_.unanswered(), 0);  // nothing was ever sent
}

TEST(SlotOf, HashesTheTagInBracesIfThereIsOne) {
  EXPECT_EQ(slot_of("123456789"), 0x31C3 % redis::kSlotCount);
  EXPECT_EQ(slot_of("{user1000}.following"), slot_of("user1000"));
  EXPECT_NE(slot_of("foo{}{bar}"), slot_of("bar"));
  EXPECT_EQ(slot_of("foo{{bar}}zap"), slot_of("{bar"));
}

}  // namespace
}  // namespace evalscaler::ledger
