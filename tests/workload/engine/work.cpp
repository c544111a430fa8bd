// SPDX-License-Identifier: Apache-2.0
#include "workload/engine/work.hpp"

#include <atomic>
#include <cstdint>

#include "workload/clock.hpp"
#include "workload/engine/content_hash.hpp"

namespace evalscaler::workload {
namespace {

// Where the digests go, so that no compiler may drop the work as unused.
std::atomic<std::uint64_t> digest_sink{0};

void burn_cpu(std::chrono::nanoseconds duration, std::string_view content) {
  // Reading the thread's CPU clock is a system call; this many rounds between two readings keep
  // its share small and the overshoot below some microseconds.
  static constexpr int kRoundsBetweenReadings = 2000;
  const auto end = thread_cpu_time() + duration;
  std::uint64_t digest = content_hash(content.substr(0, 4096), 0);
  while (thread_cpu_time() < end) {
    for (int round = 0; round < kRoundsBetweenReadings; ++round) digest = mixed(digest);
  }
  digest_sink.store(digest, std::memory_order_relaxed);
}

}  // namespace

void do_work(const WorkPerItem& work, std::string_view content) {
  if (work.cpu.count() > 0) burn_cpu(work.cpu, content);
  if (work.wait.count() > 0) wait_idle(work.wait);
}

}  // namespace evalscaler::workload
