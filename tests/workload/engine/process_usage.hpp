// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace evalscaler::workload {

// What this process has used so far, as the kernel counts it.
struct ProcessUsage {
  double cpu_seconds = 0.0;
  std::uint64_t resident_bytes = 0;  // 0 where /proc is not mounted
};

[[nodiscard]] ProcessUsage observe_process_usage();

}  // namespace evalscaler::workload
