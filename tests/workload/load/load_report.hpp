// SPDX-License-Identifier: Apache-2.0
// LoadReport: what a load run gave, as a table and as JSON. Pure.
#pragma once

#include <chrono>
#include <string>

#include "workload/load/latency_recorder.hpp"

namespace evalscaler::workload {

enum class RunEnd { Complete, Interrupted };

struct LoadReport {
  LatencyRecorder recorder;
  std::chrono::nanoseconds duration{0};
  RunEnd end = RunEnd::Complete;
};

// For people.
[[nodiscard]] std::string to_table(const LoadReport& report);

// For programs; names are stable. latencyMs and successRate are null when there is nothing to
// compute them from.
[[nodiscard]] std::string to_json(const LoadReport& report);

}  // namespace evalscaler::workload
