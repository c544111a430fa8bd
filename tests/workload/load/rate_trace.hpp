// SPDX-License-Identifier: Apache-2.0
// RateTrace: a recorded rate: each row's rate holds from its second until the next row's. The
// last row holds as long as the one before it; a single row, one second.
#pragma once

#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "workload/load/rate_schedule.hpp"

namespace evalscaler::workload {

struct TraceRow {
  double second = 0.0;
  double rate = 0.0;
};
using RateTrace = std::vector<TraceRow>;

// Reads CSV with a header line that has the columns t_seconds and rate (others are skipped).
// Seconds must ascend, rates be finite and >= 0. Complaints name `file` and the line.
[[nodiscard]] Result<RateTrace> read_rate_trace(std::istream& csv, std::string_view file);
[[nodiscard]] Result<RateTrace> read_rate_trace_file(const std::string& path);

// Which part of a trace to play, and how. Start and duration are in the trace's own seconds.
struct TracePlay {
  double start = 0.0;
  std::optional<double> duration = std::nullopt;  // absent = to the end
  double speed = 1.0;                             // > 0; 60 = an hour of trace in a minute
  double scale = 1.0;                             // >= 0; multiplies every rate, at any speed
};

// Pure. Empty where the part lies outside the trace.
[[nodiscard]] RateSchedule make_schedule(const RateTrace& trace, const TracePlay& play);

}  // namespace evalscaler::workload
