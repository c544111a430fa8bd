// SPDX-License-Identifier: Apache-2.0
#include "workload/clock.hpp"

#include <ctime>
#include <thread>

namespace evalscaler::workload {
namespace {

std::chrono::nanoseconds read_cpu_clock(clockid_t clock) {
  timespec spec{};
  clock_gettime(clock, &spec);
  return std::chrono::seconds(spec.tv_sec) + std::chrono::nanoseconds(spec.tv_nsec);
}

}  // namespace

Instant monotonic_now() {
  return std::chrono::steady_clock::now();
}

double wall_seconds() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(since_epoch).count();
}

std::chrono::nanoseconds thread_cpu_time() {
  return read_cpu_clock(CLOCK_THREAD_CPUTIME_ID);
}

std::chrono::nanoseconds process_cpu_time() {
  return read_cpu_clock(CLOCK_PROCESS_CPUTIME_ID);
}

void wait_idle(std::chrono::nanoseconds duration) {
  std::this_thread::sleep_for(duration);
}

}  // namespace evalscaler::workload
