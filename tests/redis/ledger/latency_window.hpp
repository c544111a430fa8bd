// SPDX-License-Identifier: Apache-2.0
// LatencyWindow: what became of the writes of one stretch of time that was given a name.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace evalscaler::ledger {

struct LatencyWindow {
  std::string name;
  std::chrono::microseconds lasted{0};
  std::int64_t errors = 0;
  std::vector<std::uint32_t> latencies;  // of acknowledged writes, in microseconds

  void add(std::chrono::nanoseconds latency) {
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(latency).count();
    constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
    latencies.push_back(static_cast<std::uint32_t>(std::clamp<std::int64_t>(micros, 0, kMost)));
  }
  void merge(const LatencyWindow& other) {
    lasted += other.lasted;
    errors += other.errors;
    latencies.insert(latencies.end(), other.latencies.begin(), other.latencies.end());
  }

  std::int64_t acknowledged() const { return static_cast<std::int64_t>(latencies.size()); }
  double error_rate() const {
    const auto all = acknowledged() + errors;
    return all == 0 ? 0 : static_cast<double>(errors) / static_cast<double>(all);
  }
  // Milliseconds by the nearest rank, 0 < percent <= 100; 0 where nothing was acknowledged.
  double percentile(double percent) const {
    if (latencies.empty()) return 0;
    std::vector<std::uint32_t> sorted = latencies;
    const double exact = percent / 100 * static_cast<double>(sorted.size());
    auto rank = static_cast<std::size_t>(exact);
    if (static_cast<double>(rank) < exact) ++rank;
    rank = std::clamp<std::size_t>(rank, 1, sorted.size());
    const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(rank - 1);
    std::nth_element(sorted.begin(), at, sorted.end());
    return static_cast<double>(*at) / 1000;
  }
};

}  // namespace evalscaler::ledger
