// SPDX-License-Identifier: Apache-2.0
// Clocks: the only place of the workload programs that reads a clock or sleeps; everything that
// computes with time takes it as an argument. All functions may be called from any thread.
#pragma once

#include <chrono>

namespace evalscaler::workload {

using Instant = std::chrono::steady_clock::time_point;

[[nodiscard]] Instant monotonic_now();

// Seconds since 1970 (UTC), with a fraction.
[[nodiscard]] double wall_seconds();

// CPU time used so far by the calling thread, and by all threads of the process.
[[nodiscard]] std::chrono::nanoseconds thread_cpu_time();
[[nodiscard]] std::chrono::nanoseconds process_cpu_time();

// Blocks the calling thread without using CPU.
void wait_idle(std::chrono::nanoseconds duration);

}  // namespace evalscaler::workload
