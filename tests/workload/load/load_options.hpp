// SPDX-License-Identifier: Apache-2.0
// Load options: the load generator's flags, and the settings they make.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "workload/command_line.hpp"
#include "workload/load/rate_schedule.hpp"
#include "workload/load/rate_trace.hpp"

namespace evalscaler::workload {

// An http:// address taken apart: "http://[::1]:8080/evaluate".
struct HttpUrl {
  std::string host;  // without brackets
  std::string port;
  std::string target;     // path and query, "/" if none
  std::string authority;  // for the Host field, as written
};
[[nodiscard]] Result<HttpUrl> parse_http_url(std::string_view text);

enum class ConnectionUse { NewEachRequest, KeepAlive };
enum class Progress { Silent, EveryFiveSeconds };

// What each request asks for.
struct RequestShape {
  std::size_t items = 1;
  std::optional<double> work_ms = std::nullopt;  // per item; absent = the engine's own
  std::optional<double> wait_ms = std::nullopt;
};

struct LoadSettings {
  std::vector<HttpUrl> urls;
  RateSchedule schedule{{}};
  ArrivalKind arrivals = ArrivalKind::EvenlySpaced;
  std::uint64_t seed = 1;
  RequestShape shape;
  std::chrono::nanoseconds timeout = std::chrono::seconds(10);
  std::size_t most_connections = 512;
  ConnectionUse connection_use = ConnectionUse::NewEachRequest;
  Progress progress = Progress::Silent;
  std::optional<std::string> json_path = std::nullopt;  // "-" = standard output
  std::optional<double> min_success = std::nullopt;     // 0..1
};

[[nodiscard]] std::span<const FlagSpec> load_flags();
[[nodiscard]] std::string load_usage();

// Reads the trace file, if one is named.
[[nodiscard]] Result<LoadSettings> to_load_settings(const CommandLine& given);

}  // namespace evalscaler::workload
