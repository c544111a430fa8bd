// SPDX-License-Identifier: Apache-2.0
// ScriptedRedis: Redis servers that answer from one list, in order, whichever of them is asked.
// Strict: another address, another command, one too many or too few fails the test.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/text.hpp"
#include "wire/redis_connection.hpp"

namespace evalscaler::fakes {

class ScriptedRedis final : public wire::RedisConnector {
 public:
  explicit ScriptedRedis(wire::RedisAccess access = {}) : access_(std::move(access)) {}
  ~ScriptedRedis() override {
    EXPECT_TRUE(steps_.empty()) << "never sent: " << (steps_.empty() ? "" : steps_.front().line);
  }

  // `line`: the command, its words separated by blanks.
  ScriptedRedis& expect(int port, std::string line, wire::RedisReply reply) {
    steps_.push_back({port, std::move(line), std::move(reply)});
    return *this;
  }
  ScriptedRedis& expect(int port, std::string line, Error error) {
    steps_.push_back({port, std::move(line), std::move(error)});
    return *this;
  }

  std::unique_ptr<wire::RedisConnection> open(const wire::RedisAddress& address) const override {
    return std::make_unique<Connection>(address.port, steps_);
  }
  const wire::RedisAccess& access() const override { return access_; }

 private:
  struct Expected {
    int port;
    std::string line;
    Result<wire::RedisReply> reply;
  };

  class Connection final : public wire::RedisConnection {
   public:
    Connection(int port, std::deque<Expected>& steps) : port_(port), steps_(steps) {}
    Result<std::vector<wire::RedisReply>> pipeline(const std::vector<wire::RedisCommand>& commands,
                                                   const std::stop_token& stop) override {
      if (stop.stop_requested()) return fail(ErrorKind::Cancelled, "stopped");
      std::vector<wire::RedisReply> replies;
      for (const wire::RedisCommand& command : commands) {
        const std::string sent = std::to_string(port_) + ": " + join(command, " ");
        const std::string wanted =
            steps_.empty() ? "nothing"
                           : std::to_string(steps_.front().port) + ": " + steps_.front().line;
        if (sent != wanted) {
          ADD_FAILURE() << "sent     " << sent << "\nexpected " << wanted;
          return fail(ErrorKind::Unavailable, "nothing scripted");
        }
        auto reply = std::move(steps_.front().reply);
        steps_.pop_front();
        if (!reply) return reply.error();
        replies.push_back(std::move(*reply));
      }
      return replies;
    }

   private:
    int port_;
    std::deque<Expected>& steps_;
  };

  wire::RedisAccess access_;
  mutable std::deque<Expected> steps_;
};

}  // namespace evalscaler::fakes
