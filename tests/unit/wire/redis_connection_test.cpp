// SPDX-License-Identifier: Apache-2.0
#include "wire/redis_connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace evalscaler::wire {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

// Answers each connection's first bytes with the next of its texts, then says no more.
class CannedServer {
 public:
  explicit CannedServer(std::vector<std::string> answers)
      : answers_(std::move(answers)), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = static_cast<sockaddr*>(static_cast<void*>(&address));
    EXPECT_EQ(::bind(socket_, raw, size), 0);
    EXPECT_EQ(::listen(socket_, 4), 0);
    ::getsockname(socket_, raw, &size);
    address_ = {"127.0.0.1", ntohs(address.sin_port)};
    thread_ = std::thread([this] { serve(); });
  }
  ~CannedServer() {
    ::shutdown(socket_, SHUT_RDWR);
    ::close(socket_);
    if (const int open = connection_; open >= 0) ::shutdown(open, SHUT_RDWR);
    thread_.join();
  }
  CannedServer(const CannedServer&) = delete;
  CannedServer& operator=(const CannedServer&) = delete;
  RedisAddress address() const { return address_; }

 private:
  void serve() {
    connection_ = ::accept(socket_, nullptr, nullptr);
    if (connection_ < 0) return;
    char bytes[4096];
    for (const std::string& answer : answers_) {
      if (::read(connection_, bytes, sizeof bytes) <= 0) break;
      if (answer == "close") break;
      if (::write(connection_, answer.data(), answer.size()) < 0) break;
    }
    if (answers_.empty() || answers_.back() != "close") {
      while (::read(connection_, bytes, sizeof bytes) > 0) {
      }
    }
    ::close(connection_);
    connection_ = -1;
  }

  std::vector<std::string> answers_;
  int socket_;
  std::atomic<int> connection_{-1};
  RedisAddress address_;
  std::thread thread_;
};

Result<std::vector<RedisReply>> ask(const CannedServer& server, RedisAccess access,
                                    const std::vector<RedisCommand>& commands,
                                    const std::stop_token& stop = {}) {
  SystemClock clock;
  access.command_timeout = milliseconds(200);
  return make_redis_connector(std::move(access), clock)
      ->open(server.address())
      ->pipeline(commands, stop);
}

TEST(RedisConnection, AnswersAPipelineInItsOrder) {
  const CannedServer server({"+PONG\r\n:3\r\n"});
  const auto replies = ask(server, {}, {{"PING"}, {"DBSIZE"}});
  ASSERT_TRUE(replies) << replies.error().message;
  EXPECT_EQ((*replies)[0].text, "PONG");
  EXPECT_EQ((*replies)[1].integer, 3);
}

TEST(RedisConnection, ARefusedPasswordIsForbiddenAndNotRepeated) {
  const CannedServer server({"-ERR unknown command `AUTH`, with args: `s3cret`\r\n"});
  const auto replies = ask(server, {"", "s3cret"}, {{"PING"}});
  EXPECT_EQ(replies.error().kind, ErrorKind::Forbidden);
  EXPECT_THAT(replies.error().message, Not(HasSubstr("s3cret")));
}

TEST(RedisConnection, AnErrorReplyThatQuotesThePasswordIsBlackedOut) {
  const CannedServer server(
      {"+OK\r\n", "-ERR unknown command `X`, with args: `s3cret` `s3cret`\r\n"});
  const auto replies = ask(server, {"", "s3cret"}, {{"X"}});
  ASSERT_TRUE(replies) << replies.error().message;
  EXPECT_EQ(replies->front().text, "ERR unknown command `X`, with args: `***` `***`");
}

TEST(RedisConnection, NoAnswerInTimeHasAnUnknownOutcome) {
  const CannedServer server({"+PONG\r\n"});
  const auto replies = ask(server, {}, {{"PING"}, {"PING"}});
  EXPECT_EQ(replies.error().kind, ErrorKind::OutcomeUnknown);
}

TEST(RedisConnection, AConnectionThatBreaksHasAnUnknownOutcome) {
  const CannedServer server({"close"});
  EXPECT_EQ(ask(server, {}, {{"PING"}}).error().kind, ErrorKind::OutcomeUnknown);
}

TEST(RedisConnection, ABreakWhileLoggingInMeansThatNothingWasDone) {
  const CannedServer server({"close"});
  EXPECT_EQ(ask(server, {"", "x"}, {{"PING"}}).error().kind, ErrorKind::Unavailable);
}

TEST(RedisConnection, NobodyThereIsUnavailable) {
  SystemClock clock;
  const auto connector = make_redis_connector({}, clock);
  const auto reply = connector->open({"127.0.0.1", 1})->send({"PING"}, {});
  EXPECT_EQ(reply.error().kind, ErrorKind::Unavailable);
  EXPECT_THAT(reply.error().message, HasSubstr("127.0.0.1:1"));
}

TEST(RedisConnection, WhatIsNoRespIsInvalid) {
  const CannedServer server({"HTTP/1.1 400 Bad Request\r\n"});
  EXPECT_EQ(ask(server, {}, {{"PING"}}).error().kind, ErrorKind::Invalid);
}

TEST(RedisConnection, AStopRequestEndsTheWait) {
  const CannedServer server({});
  std::stop_source source;
  std::jthread stopper([&] { source.request_stop(); });
  EXPECT_EQ(ask(server, {}, {{"PING"}}, source.get_token()).error().kind, ErrorKind::Cancelled);
}

}  // namespace
}  // namespace evalscaler::wire
