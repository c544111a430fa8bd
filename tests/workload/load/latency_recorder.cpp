// SPDX-License-Identifier: Apache-2.0
#include "workload/load/latency_recorder.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace evalscaler::workload {
namespace {

FailureKind kind_of_status(unsigned status) {
  return status == 503 ? FailureKind::Status503 : FailureKind::OtherStatus;
}

std::uint32_t to_microseconds(std::chrono::nanoseconds latency) {
  static constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();  // 71 minutes
  const std::int64_t count = latency.count() / 1000;
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(count, 0, kMost));
}

double to_milliseconds(std::chrono::microseconds time) {
  return static_cast<double>(time.count()) / 1000.0;
}

}  // namespace

std::string_view to_name(FailureKind kind) {
  switch (kind) {
    case FailureKind::ConnectRefused:
      return "connectRefused";
    case FailureKind::ConnectFailed:
      return "connectFailed";
    case FailureKind::ConnectionLimit:
      return "connectionLimit";
    case FailureKind::Timeout:
      return "timeout";
    case FailureKind::Reset:
      return "reset";
    case FailureKind::BadAnswer:
      return "badAnswer";
    case FailureKind::Status503:
      return "status503";
    case FailureKind::OtherStatus:
      return "otherStatus";
  }
  return "unknown";
}

std::optional<std::chrono::microseconds> percentile_of(
    const std::vector<std::chrono::microseconds>& sorted, double percent) {
  if (sorted.empty()) return std::nullopt;
  const auto count = static_cast<double>(sorted.size());
  const auto rank = static_cast<std::size_t>(std::ceil(percent / 100.0 * count));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

SecondCounts& LatencyRecorder::second_of(std::chrono::nanoseconds intended) {
  const auto second =
      static_cast<std::size_t>(std::chrono::duration_cast<std::chrono::seconds>(intended).count());
  if (second >= seconds_.size()) seconds_.resize(second + 1);
  return seconds_[second];
}

void LatencyRecorder::record_due(std::chrono::nanoseconds intended, std::chrono::nanoseconds lag) {
  ++sent_;
  ++second_of(intended).sent;
  longest_lag_ = std::max(longest_lag_, lag);
}

void LatencyRecorder::record_outcome(std::chrono::nanoseconds intended, RequestOutcome outcome,
                                     std::chrono::nanoseconds latency) {
  SecondCounts& second = second_of(intended);
  std::optional<FailureKind> failure;
  if (const auto* status = std::get_if<unsigned>(&outcome)) {
    ++statuses_[*status];
    if (*status < 200 || *status > 299) failure = kind_of_status(*status);
  } else {
    failure = std::get<FailureKind>(outcome);
  }
  if (failure) {
    ++failed_;
    ++failures_[static_cast<std::size_t>(*failure)];
    ++second.failed;
    return;
  }
  ++ok_;
  ++second.ok;
  latencies_.push_back(to_microseconds(latency));
}

std::uint64_t LatencyRecorder::failed(FailureKind kind) const {
  return failures_[static_cast<std::size_t>(kind)];
}

std::optional<double> LatencyRecorder::success_rate() const {
  if (ok_ + failed_ == 0) return std::nullopt;
  return static_cast<double>(ok_) / static_cast<double>(ok_ + failed_);
}

std::optional<LatencySummary> LatencyRecorder::latency() const {
  if (latencies_.empty()) return std::nullopt;
  std::vector<std::chrono::microseconds> sorted;
  sorted.reserve(latencies_.size());
  for (const std::uint32_t latency : latencies_) sorted.emplace_back(latency);
  std::ranges::sort(sorted);
  const auto sum = std::accumulate(sorted.begin(), sorted.end(), std::chrono::microseconds(0));
  const auto at = [&sorted](double percent) {
    return to_milliseconds(percentile_of(sorted, percent).value_or(sorted.back()));
  };
  return LatencySummary{to_milliseconds(sum) / static_cast<double>(sorted.size()), at(50), at(95),
                        at(99), at(100)};
}

}  // namespace evalscaler::workload
