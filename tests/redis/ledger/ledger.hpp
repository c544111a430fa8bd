// SPDX-License-Identifier: Apache-2.0
// Ledger: an open-loop writer that remembers every acknowledged write and reads them all back.
//
// It is the oracle for lost keys: that a cluster says it is well is none. Writes are due at fixed
// times, whatever became of those before them, and latency counts from when a write was due. The
// keys are shared out among the threads, so that a key has one write in flight at most.
// Thread-safe where it says so; otherwise called by the thread that made it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "redis/ledger/cluster_client.hpp"
#include "redis/ledger/key_book.hpp"
#include "redis/ledger/latency_window.hpp"

namespace evalscaler::ledger {

struct LedgerSettings {
  std::size_t keys = 1'000;
  double rate = 1'000;  // writes a second, of all threads together
  std::size_t threads = 1;
  std::size_t value_bytes = 64;
  std::chrono::milliseconds patience{5'000};  // until a write counts as an error
};

struct Audit {
  std::map<Verdict, std::int64_t> counts;  // keys; those that could not be read count as Lost
  std::vector<std::string> examples;       // a few of those that are not right, for people
  std::int64_t wrong() const;
};

struct LedgerCounts {
  std::int64_t acknowledged = 0;
  std::int64_t errors = 0;
  std::int64_t unanswered = 0;                                 // attempts, see ClusterClient
  std::map<std::string, std::int64_t, std::less<>> seen_to{};  // see ClusterClient
  std::vector<std::string> first_errors{};                     // a few, for people
};

class Ledger {
 public:
  // `connector` must outlive it.
  Ledger(const wire::RedisConnector& connector, const std::vector<redis::Address>& seeds,
         LedgerSettings settings);
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  // Every key once. These return when it is done, and say how many keys it failed for.
  std::int64_t write_all();
  // Keys beside the others, written once each, and removed again. Allowed while writing.
  std::int64_t fill(std::size_t keys, std::size_t value_bytes);
  std::int64_t empty();

  void start();
  void stop();
  // What is due from now on counts to this window; a name may come again. Starts with "baseline".
  void open_window(std::string name);

  // Reads every key; not while writing.
  Audit audit();

  // Of writes while started; thread-safe.
  std::int64_t acknowledged() const { return acknowledged_; }
  std::int64_t errors() const { return errors_; }
  // The longest latency since it was last asked; thread-safe.
  std::chrono::microseconds take_longest() {
    return std::chrono::microseconds(longest_.exchange(0));
  }
  // After stop(); one entry for each name.
  std::vector<LatencyWindow> windows() const;
  LedgerCounts counts() const;

 private:
  struct Writer {
    std::vector<LatencyWindow> windows;
    std::jthread thread;
  };
  struct Opened {
    std::string name;
    SteadyTime at;
  };
  using Content = KeyBook::Content;

  ClusterClient make_client() const { return {connector_, map_, settings_.patience}; }
  // Runs `visit` for each key of the book, by all threads, each with connections of its own.
  void for_all(KeyBook& book, const std::function<void(ClusterClient&, std::size_t)>& visit);
  std::int64_t write_all(KeyBook& book, Content content, std::size_t bytes);
  bool write(ClusterClient& client, KeyBook& book, std::size_t index, Content content,
             std::size_t bytes);
  void write_on(std::size_t number, const std::stop_token& stop);
  void audit(KeyBook& book, Audit& audit);
  void take_counts(const ClusterClient& client);
  void note_error(const std::string& what);

  const wire::RedisConnector& connector_;
  std::shared_ptr<SlotMap> map_;
  LedgerSettings settings_;
  SystemClock clock_;
  KeyBook book_;
  std::vector<std::unique_ptr<KeyBook>> fillings_;
  std::vector<std::unique_ptr<Writer>> writers_;
  std::vector<Opened> opened_;  // written by one thread only, before window_ says so
  SteadyTime started_;
  std::atomic<std::size_t> window_{0};
  std::atomic<std::int64_t> acknowledged_{0};
  std::atomic<std::int64_t> errors_{0};
  std::atomic<std::int64_t> longest_{0};
  mutable std::mutex counting_;
  LedgerCounts counts_;  // guarded by counting_
};

}  // namespace evalscaler::ledger
