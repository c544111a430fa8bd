// SPDX-License-Identifier: Apache-2.0
#include "workload/engine/process_usage.hpp"

#include <unistd.h>

#include <fstream>

#include "workload/clock.hpp"

namespace evalscaler::workload {

ProcessUsage observe_process_usage() {
  ProcessUsage usage;
  usage.cpu_seconds = std::chrono::duration<double>(process_cpu_time()).count();
  std::uint64_t total_pages = 0;
  std::uint64_t resident_pages = 0;
  std::ifstream statm("/proc/self/statm");
  if (statm >> total_pages >> resident_pages) {
    usage.resident_bytes = resident_pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  }
  return usage;
}

}  // namespace evalscaler::workload
