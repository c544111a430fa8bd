// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "workload/load/latency_recorder.hpp"

namespace evalscaler::workload {

enum class RunEnd { Complete, Interrupted };

// What a run gave.
struct LoadReport {
  LatencyRecorder recorder;
  std::chrono::nanoseconds duration{0};
  RunEnd end = RunEnd::Complete;
};

// For people. Pure.
[[nodiscard]] std::string to_table(const LoadReport& report);

// For programs; names are stable. latencyMs and successRate are null when there is nothing to
// compute them from. Pure.
[[nodiscard]] std::string to_json(const LoadReport& report);

}  // namespace evalscaler::workload
