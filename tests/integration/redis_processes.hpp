// SPDX-License-Identifier: Apache-2.0
// Real redis-server processes on loopback, as the pods of a StatefulSet: ordinals from 0 on.
//
// They die with the test and leave nothing behind. Growing starts processes; shrinking ends the
// highest ordinals, after it has looked for itself whether anything is lost with them.
#pragma once

#include <gtest/gtest.h>

#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fcntl.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "redis/cluster_view.hpp"
#include "redis/slots.hpp"
#include "redis/stateful_set_facts.hpp"
#include "wire/redis_connection.hpp"

namespace evalscaler::integration {

inline const std::string kRedisPassword = "a-password-that-nothing-may-print";

inline bool until(std::chrono::seconds within, const std::function<bool()>& holds) {
  SystemClock clock;
  const SteadyTime end = clock.steady() + within;
  while (!holds()) {
    if (clock.steady() >= end) return false;
    clock.sleep_for(std::chrono::milliseconds(20), {});
  }
  return true;
}

// A loopback address of this process's own, so that clusters of tests that run side by side never
// meet.
inline in_addr_t own_loopback() {
  const auto pid = static_cast<std::uint32_t>(::getpid());
  return (127U << 24U) | (64U << 16U) | ((pid & 0x3FFFFFU) + 1);
}

inline std::string own_loopback_text() {
  const in_addr_t address = own_loopback();
  std::string out;
  for (unsigned shift = 32; shift != 0;) {
    shift -= 8;
    out += std::to_string((address >> shift) & 0xFFU) + (shift == 0 ? "" : ".");
  }
  return out;
}

// Keeps a port of that address bound until it goes out of scope; 0 if somebody else has it.
class BoundPort {
 public:
  explicit BoundPort(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(own_loopback());
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    auto* raw = static_cast<sockaddr*>(static_cast<void*>(&address));
    bound_ = ::bind(socket_, raw, sizeof address) == 0;
  }
  ~BoundPort() { ::close(socket_); }
  BoundPort(const BoundPort&) = delete;
  BoundPort& operator=(const BoundPort&) = delete;
  bool bound() const { return bound_; }

 private:
  int socket_;
  bool bound_ = false;
};

// A port that is free, like the one 10000 above it: where CLUSTER MEET looks for the cluster
// bus. Both lie below the range from which the kernel takes ports for outgoing connections.
inline int free_redis_port() {
  static std::mt19937 random(static_cast<unsigned>(::getpid()));
  for (;;) {
    const int port = 12'000 + static_cast<int>(random() % 10'000);
    const BoundPort client(port);
    const BoundPort bus(port + 10'000);
    if (client.bound() && bus.bound()) return port;
  }
}

struct RedisServerOptions {
  std::string maxmemory = "64mb";
  std::string cluster = "yes";
  std::string node_timeout = "1000";
  bool sentinel = false;
};

class RedisProcess {
 public:
  explicit RedisProcess(const RedisServerOptions& options) : options_(options) {
    std::string pattern = (std::filesystem::temp_directory_path() / "redis_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    port_ = free_redis_port();
  }
  ~RedisProcess() {
    kill();
    std::filesystem::remove_all(folder_);
  }
  RedisProcess(const RedisProcess&) = delete;
  RedisProcess& operator=(const RedisProcess&) = delete;

  void start() {
    write_configuration();
    const std::string file = (folder_ / "redis.conf").string();
    const std::string log = (folder_ / "log").string();
    const char* mode = options_.sentinel ? "--sentinel" : nullptr;
    child_ = ::fork();
    if (child_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      const int out = ::open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
      ::dup2(out, STDOUT_FILENO);
      ::dup2(out, STDERR_FILENO);
      ::execlp("redis-server", "redis-server", file.c_str(), mode, static_cast<char*>(nullptr));
      ::_exit(127);
    }
  }

  void signal(int number) const { ::kill(child_, number); }
  void kill() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    child_ = -1;
  }

  redis::Address address() const { return {own_loopback_text(), port_}; }

 private:
  void write_configuration() const {
    std::ofstream file(folder_ / "redis.conf");
    file << "bind " << own_loopback_text() << "\nport " << port_ << "\ndir " << folder_.string()
         << "\nrequirepass " << kRedisPassword << "\n";
    if (options_.sentinel) return;
    file << "bind-source-addr " << own_loopback_text() << "\ncluster-announce-ip "
         << own_loopback_text() << "\ncluster-enabled " << options_.cluster
         << "\ncluster-node-timeout " << options_.node_timeout
         << "\nsave \"\"\nappendonly no\nrepl-diskless-sync-delay 0\nmaxmemory "
         << options_.maxmemory << "\nmasterauth " << kRedisPassword << "\n";
  }

  RedisServerOptions options_;
  std::filesystem::path folder_;
  int port_ = 0;
  pid_t child_ = -1;
};

class RedisStatefulSet {
 public:
  explicit RedisStatefulSet(RedisServerOptions options = {})
      : options_(std::move(options)),
        connector_(wire::make_redis_connector({{}, kRedisPassword}, clock_)) {}

  void scale(int pods) {
    while (size() > pods) {
      expect_empty(size() - 1);
      processes_.pop_back();
    }
    const int first_new = size();
    while (size() < pods) {
      processes_.push_back(std::make_unique<RedisProcess>(options_));
      processes_.back()->start();
    }
    for (int i = first_new; i < size(); ++i) {
      EXPECT_TRUE(until(std::chrono::seconds(10), [&] { return ask(i, {"PING"}).text == "PONG"; }))
          << "pod " << i << " does not start";
    }
  }

  int size() const { return static_cast<int>(processes_.size()); }
  RedisProcess& pod(int ordinal) { return *processes_[static_cast<std::size_t>(ordinal)]; }
  redis::StatefulSetFacts facts() const { return {"uid-1", size(), false, 1, ""}; }
  const wire::RedisConnector& connector() const { return *connector_; }

  std::vector<redis::PodPlace> pods() const {
    std::vector<redis::PodPlace> out;
    for (int i = 0; i < size(); ++i) {
      out.push_back({i, processes_[static_cast<std::size_t>(i)]->address(), {}});
    }
    return out;
  }

  wire::RedisReply ask(int ordinal, const wire::RedisCommand& command) {
    const auto connection = connector_->open(pod(ordinal).address());
    auto reply = connection->send(command, {});
    return reply ? *reply : wire::RedisReply::error("- " + reply.error().message);
  }

  // 3 masters (0..2) with one replica each (3..5) and the slots in thirds.
  void form_cluster(int masters = 3) {
    const int slots = static_cast<int>(redis::kSlotCount);
    for (int i = 0; i < size(); ++i) {
      expect_ok(i, {"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)});
      if (i < masters) {
        expect_ok(i, {"CLUSTER", "ADDSLOTSRANGE", std::to_string(slots * i / masters),
                      std::to_string(slots * (i + 1) / masters - 1)});
      }
      if (i > 0) {
        expect_ok(0,
                  {"CLUSTER", "MEET", own_loopback_text(), std::to_string(pod(i).address().port)});
      }
    }
    for (int i = masters; i < size(); ++i) {
      const std::string master = ask(i - masters, {"CLUSTER", "MYID"}).text;
      EXPECT_TRUE(until(std::chrono::seconds(20), [&] {
        return ask(i, {"CLUSTER", "REPLICATE", master}).text == "OK";
      }));
    }
    EXPECT_TRUE(until(std::chrono::seconds(20), [&] {
      for (int i = 0; i < size(); ++i) {
        const std::string info = ask(i, {"CLUSTER", "INFO"}).text;
        if (info.find("cluster_state:ok") == std::string::npos) return false;
        const std::string nodes = ask(i, {"CLUSTER", "NODES"}).text;
        if (nodes.find("handshake") != std::string::npos) return false;
        const bool replica = i >= masters;
        const std::string role = ask(i, {"INFO", "replication"}).text;
        if (replica && role.find("master_link_status:up") == std::string::npos) return false;
      }
      return true;
    })) << "the cluster does not form";
  }

  void expect_ok(int ordinal, const wire::RedisCommand& command) {
    EXPECT_EQ(ask(ordinal, command).text, "OK") << "pod " << ordinal << " " << command[1];
  }

 private:
  // The test's own look at what a shrink would destroy; it knows nothing of the proof.
  void expect_empty(int ordinal) {
    EXPECT_EQ(ask(ordinal, {"DBSIZE"}).integer, 0) << "pod " << ordinal << " went with its keys";
    const std::string id = ask(ordinal, {"CLUSTER", "MYID"}).text;
    const std::string nodes = ask(0, {"CLUSTER", "NODES"}).text;
    EXPECT_EQ(nodes.find(id), std::string::npos) << "pod " << ordinal << " was not forgotten";
  }

  SystemClock clock_;
  RedisServerOptions options_;
  std::unique_ptr<wire::RedisConnector> connector_;
  std::vector<std::unique_ptr<RedisProcess>> processes_;
};

}  // namespace evalscaler::integration
