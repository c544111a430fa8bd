// SPDX-License-Identifier: Apache-2.0
// LatencyRecorder: adds up what became of each request. Latency is kept for 2xx answers, all of
// them (4 bytes each), so that percentiles are exact. Times are given by the caller. Not
// thread-safe.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace evalscaler::workload {

// Why a request did not get a 2xx answer.
enum class FailureKind {
  ConnectRefused,   // nobody listens
  ConnectFailed,    // no route, no free port or descriptor
  ConnectionLimit,  // timed out after all allowed connections had been busy when it was due
  Timeout,          // no full answer within the timeout
  Reset,            // connection closed or reset before the full answer
  BadAnswer,        // what came back is not HTTP
  Status503,
  OtherStatus,
};
inline constexpr std::size_t kFailureKinds = 8;

// Stable name for reports: "connectRefused".
[[nodiscard]] std::string_view to_name(FailureKind kind);

// A full answer's status, or why there was none.
using RequestOutcome = std::variant<unsigned, FailureKind>;

// Nearest-rank percentile (0 < percent <= 100): the smallest value that at least `percent` of all
// values do not exceed. `sorted` ascends; nothing if it is empty. Pure.
[[nodiscard]] std::optional<std::chrono::microseconds> percentile_of(
    const std::vector<std::chrono::microseconds>& sorted, double percent);

// Milliseconds; absent when no request succeeded.
struct LatencySummary {
  double mean = 0.0;
  double p50 = 0.0;
  double p95 = 0.0;
  double p99 = 0.0;
  double max = 0.0;
};

// By the second a request should have been sent in: sent = ok + failed + not yet finished.
struct SecondCounts {
  std::uint64_t sent = 0;
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
};

class LatencyRecorder {
 public:
  // A request whose intended send time has come, and how late it was taken up.
  void record_due(std::chrono::nanoseconds intended, std::chrono::nanoseconds lag);

  // Its end. `latency` counts from the intended send time.
  void record_outcome(std::chrono::nanoseconds intended, RequestOutcome outcome,
                      std::chrono::nanoseconds latency);

  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  [[nodiscard]] std::uint64_t ok() const { return ok_; }
  [[nodiscard]] std::uint64_t failed() const { return failed_; }
  [[nodiscard]] std::uint64_t failed(FailureKind kind) const;
  [[nodiscard]] const std::map<unsigned, std::uint64_t>& statuses() const { return statuses_; }
  [[nodiscard]] const std::vector<SecondCounts>& seconds() const { return seconds_; }
  [[nodiscard]] std::chrono::nanoseconds longest_lag() const { return longest_lag_; }

  // ok / (ok + failed); nothing before the first outcome.
  [[nodiscard]] std::optional<double> success_rate() const;
  [[nodiscard]] std::optional<LatencySummary> latency() const;

 private:
  [[nodiscard]] SecondCounts& second_of(std::chrono::nanoseconds intended);

  std::uint64_t sent_ = 0;
  std::uint64_t ok_ = 0;
  std::uint64_t failed_ = 0;
  std::array<std::uint64_t, kFailureKinds> failures_{};
  std::map<unsigned, std::uint64_t> statuses_;
  std::vector<SecondCounts> seconds_;
  std::vector<std::uint32_t> latencies_;  // microseconds
  std::chrono::nanoseconds longest_lag_{0};
};

}  // namespace evalscaler::workload
