// SPDX-License-Identifier: Apache-2.0
// A cluster-aware Redis client (MOVED, ASK, TRYAGAIN) and a ledger of what it was told is
// written: the oracle for lost keys. cluster_state is none.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "redis/node_connections.hpp"
#include "redis/slots.hpp"

namespace evalscaler::integration {

// CRC16 (XMODEM) of the key, or of what stands in its first {...}, modulo 16384.
inline redis::Slot slot_of(std::string_view key) {
  const auto open = key.find('{');
  if (open != std::string_view::npos) {
    const auto close = key.find('}', open + 1);
    if (close != std::string_view::npos && close > open + 1) {
      key = key.substr(open + 1, close - open - 1);
    }
  }
  unsigned crc = 0;
  for (const char c : key) {
    crc ^= static_cast<unsigned>(static_cast<unsigned char>(c)) << 8U;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 0x8000U) != 0 ? (crc << 1U) ^ 0x1021U : crc << 1U;
    }
    crc &= 0xFFFFU;
  }
  return static_cast<redis::Slot>(crc % redis::kSlotCount);
}

class ClusterClient {
 public:
  ClusterClient(const wire::RedisConnector& connector, std::vector<redis::Address> seeds)
      : connections_(connector), seeds_(std::move(seeds)), owner_(redis::kSlotCount, seeds_[0]) {}

  // What the cluster answered in the end; an error only once it has been retried for 5 s.
  Result<wire::RedisReply> run(const std::string& key, const wire::RedisCommand& command) {
    const redis::Slot slot = slot_of(key);
    const SteadyTime end = clock_.steady() + std::chrono::seconds(5);
    redis::Address to = owner_[slot];
    bool asking = false;
    for (;;) {
      auto reply = send(to, command, asking);
      if (reply && !reply->is_error()) return reply;
      if (clock_.steady() >= end) return reply;
      asking = false;
      if (!reply) {
        // Nobody knows whether it was executed: only what may be done twice is sent again.
        const redis::Address next = seeds_[++tried_ % seeds_.size()];
        to = next;
        clock_.sleep_for(std::chrono::milliseconds(10), {});
        continue;
      }
      const auto fault = wire::redis_fault(reply->text);
      if (fault == wire::RedisFault::Moved) {
        to = owner_[slot] = redirection(reply->text);
      } else if (fault == wire::RedisFault::Ask) {
        to = redirection(reply->text);
        asking = true;
      } else {
        clock_.sleep_for(std::chrono::milliseconds(5), {});
        to = owner_[slot];
      }
    }
  }

 private:
  Result<wire::RedisReply> send(const redis::Address& to, const wire::RedisCommand& command,
                                bool asking) {
    std::vector<wire::RedisCommand> commands;
    if (asking) commands.push_back({"ASKING"});
    commands.push_back(command);
    auto replies = connections_.to(to).pipeline(commands, {});
    if (!replies) return replies.error();
    return replies->back();
  }

  static redis::Address redirection(std::string_view error) {
    const std::string_view target = wire::redirection_target(error);
    const auto colon = target.rfind(':');
    redis::Address address{std::string(target.substr(0, colon)), 0};
    const std::string_view port = target.substr(colon + 1);
    std::from_chars(port.data(), port.data() + port.size(), address.port);
    return address;
  }

  SystemClock clock_;
  redis::NodeConnections connections_;
  std::vector<redis::Address> seeds_;
  std::vector<redis::Address> owner_;
  std::size_t tried_ = 0;
};

// One writer; every key holds the number of its last acknowledged write.
class Ledger {
 public:
  Ledger(const wire::RedisConnector& connector, std::vector<redis::Address> seeds, int keys)
      : client_(connector, std::move(seeds)), written_(static_cast<std::size_t>(keys)) {
    for (std::size_t i = 0; i < written_.size(); ++i) write(i);
  }
  ~Ledger() { stop(); }
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  void start() {
    writer_ = std::jthread([this](const std::stop_token& stop) {
      std::mt19937 random(7);
      while (!stop.stop_requested()) {
        write(random() % written_.size());
        clock_.sleep_for(std::chrono::microseconds(500), stop);
      }
    });
  }
  void stop() {
    if (!writer_.joinable()) return;
    writer_.request_stop();
    writer_.join();
  }

  // Reads every key back.
  void expect_all_there() {
    int lost = 0;
    for (std::size_t i = 0; i < written_.size(); ++i) {
      const auto reply = client_.run(name(i), {"GET", name(i)});
      const bool there = reply && (reply->text == value(written_[i].acknowledged) ||
                                   reply->text == value(written_[i].attempted));
      if (!there && ++lost <= 5) {
        ADD_FAILURE() << name(i) << " (slot " << slot_of(name(i)) << ") should be "
                      << written_[i].acknowledged << ", is "
                      << (reply ? "\"" + reply->text.substr(0, 40) + "\"" : reply.error().message);
      }
    }
    EXPECT_EQ(lost, 0) << "acknowledged writes lost";
  }

  int writes() const { return writes_; }
  int failures() const { return failures_; }

 private:
  struct Entry {
    int acknowledged = 0;
    int attempted = 0;
  };
  static std::string name(std::size_t i) { return "key:" + std::to_string(i); }
  static std::string value(int number) {
    return std::to_string(number) + ":" + std::string(40, 'v');
  }

  void write(std::size_t i) {
    const int number = ++next_;
    written_[i].attempted = number;
    const auto reply = client_.run(name(i), {"SET", name(i), value(number)});
    ++writes_;
    if (reply && !reply->is_error()) {
      written_[i].acknowledged = number;
    } else {
      ++failures_;
    }
  }

  SystemClock clock_;
  ClusterClient client_;
  std::vector<Entry> written_;
  int next_ = 0;
  std::atomic<int> writes_{0};
  std::atomic<int> failures_{0};
  std::jthread writer_;
};

}  // namespace evalscaler::integration
