// SPDX-License-Identifier: Apache-2.0
// WorkPerItem: what evaluating one item costs. CPU is counted as the thread's CPU time, so that
// a machine which is short of cores does the same work, only later; waiting stands for a call to
// a slow neighbour.
#pragma once

#include <chrono>
#include <string_view>

namespace evalscaler::workload {

struct WorkPerItem {
  std::chrono::microseconds cpu{0};
  std::chrono::microseconds wait{0};

  friend bool operator==(const WorkPerItem&, const WorkPerItem&) = default;
};

inline constexpr std::chrono::microseconds kMostWorkPerItem = std::chrono::seconds(10);
inline constexpr std::chrono::microseconds kMostWorkPerRequest = std::chrono::seconds(60);

// Hashes the content over and over for the CPU share, then waits. Blocks the calling thread.
void do_work(const WorkPerItem& work, std::string_view content);

}  // namespace evalscaler::workload
