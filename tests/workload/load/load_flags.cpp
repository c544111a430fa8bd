// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "workload/load/load_options.hpp"

namespace evalscaler::workload {

std::span<const FlagSpec> load_flags() {
  static const std::array<FlagSpec, 22> flags = {{
      {"--url", "URL", "where to send; repeat it or separate by commas to take turns",
       FlagKind::RepeatedValue},
      {"--rate", "X", "requests per second at the top"},
      {"--ramp-up", "TIME", "from 0 to the rate, linearly (0)"},
      {"--sustain", "TIME", "at the rate (0)"},
      {"--ramp-down", "TIME", "from the rate to 0, linearly (0)"},
      {"--trace", "FILE", "CSV with columns t_seconds,rate instead of phases"},
      {"--trace-start", "S", "second of the trace to begin at (0)"},
      {"--trace-duration", "S", "seconds of the trace to play (to its end)"},
      {"--trace-speed", "X", "play time this much faster; rates stay (1)"},
      {"--trace-scale", "X", "multiply rates (1)"},
      {"--poisson", "", "random arrivals instead of evenly spaced ones", FlagKind::Switch},
      {"--seed", "N", "of the random arrivals (1)"},
      {"--items", "N", "items per request (1)"},
      {"--work-ms", "X", "CPU time per item asked for (the engine's own)"},
      {"--wait-ms", "X", "waiting per item asked for (the engine's own)"},
      {"--timeout", "TIME", "for a full answer, from the intended send time (10s)"},
      {"--connections", "N", "open at a time, at most; further requests wait (512)"},
      {"--keep-alive", "", "reuse connections instead of a new one per request", FlagKind::Switch},
      {"--progress", "", "a line on standard error every 5 s", FlagKind::Switch},
      {"--json", "FILE", "write the report as JSON too; - = standard output"},
      {"--min-success", "X", "exit 1 if less than this share (0..1) succeeded"},
      {"--help", "", "print this", FlagKind::Switch},
  }};
  return flags;
}

std::string load_usage() {
  return usage_text(
      "load_generator: open-loop HTTP load, by phases or by a trace.\n"
      "TIME: 500ms, 30s, 2m, 1h. Exit: 0 it ran, 1 below --min-success, 2 usage or files.",
      load_flags());
}

}  // namespace evalscaler::workload
