// SPDX-License-Identifier: Apache-2.0
// ProcessUsage: what this process has used so far, as the kernel counts it.
#pragma once

#include <cstdint>

namespace evalscaler::workload {

struct ProcessUsage {
  double cpu_seconds = 0.0;
  std::uint64_t resident_bytes = 0;  // 0 where /proc is not mounted
};

[[nodiscard]] ProcessUsage observe_process_usage();

}  // namespace evalscaler::workload
