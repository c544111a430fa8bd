// SPDX-License-Identifier: Apache-2.0
#include "workload/load/load_options.hpp"

#include <algorithm>
#include <array>

#include "workload/number_text.hpp"

namespace evalscaler::workload {
namespace {

constexpr double kHighestRate = 100000.0;
constexpr double kLongestTrace = 1e9;
constexpr double kMostWorkMs = 10000.0;
constexpr std::array<std::string_view, 4> kPhaseFlags = {"--ramp-up", "--sustain", "--ramp-down",
                                                         "--rate"};
constexpr std::array<std::string_view, 4> kTraceFlags = {"--trace-start", "--trace-duration",
                                                         "--trace-speed", "--trace-scale"};

Error refused(std::string message) {
  return fail(ErrorKind::Invalid, std::move(message));
}

Result<std::vector<HttpUrl>> read_urls(const CommandLine& given) {
  std::vector<HttpUrl> urls;
  for (const std::string& list : given.texts("--url")) {
    std::string_view rest = list;
    while (true) {
      const std::size_t comma = rest.find(',');
      auto url = parse_http_url(rest.substr(0, comma));
      if (!url) return refused("--url: " + url.error().message);
      urls.push_back(std::move(url).value());
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  if (urls.empty()) return refused("--url is missing: --url http://HOST:PORT/evaluate");
  return urls;
}

Result<RateSchedule> read_phases(const CommandLine& given) {
  std::chrono::nanoseconds up{0};
  std::chrono::nanoseconds sustain{0};
  std::chrono::nanoseconds down{0};
  double rate = 0.0;
  const std::array<CommandLine::Refusal, 4> refusals = {
      given.read("--ramp-up", up), given.read("--sustain", sustain),
      given.read("--ramp-down", down), given.read("--rate", {0.0, kHighestRate}, rate)};
  for (const auto& refusal : refusals) {
    if (refusal) return *refusal;
  }
  if (!given.has("--rate")) return refused("--rate is missing (or give --trace FILE)");
  if ((up + sustain + down).count() == 0) {
    return refused("nothing to do: give --ramp-up, --sustain or --ramp-down a duration");
  }
  return make_schedule(Phases{up, sustain, down, rate});
}

Result<RateSchedule> read_trace(const CommandLine& given, const std::string& path) {
  for (const std::string_view flag : kPhaseFlags) {
    if (given.has(flag)) {
      return refused(std::string(flag) + " does not go with --trace; use one of them");
    }
  }
  TracePlay play;
  double duration = 0.0;
  const std::array<CommandLine::Refusal, 4> refusals = {
      given.read("--trace-start", {0.0, kLongestTrace}, play.start),
      given.read("--trace-duration", {0.001, kLongestTrace}, duration),
      given.read("--trace-speed", {0.001, 1e6}, play.speed),
      given.read("--trace-scale", {0.0, 1e6}, play.scale)};
  for (const auto& refusal : refusals) {
    if (refusal) return *refusal;
  }
  if (given.has("--trace-duration")) play.duration = duration;
  const auto trace = read_rate_trace_file(path);
  if (!trace) return refused("--trace: " + trace.error().message);
  RateSchedule schedule = make_schedule(*trace, play);
  if (schedule.segments().empty()) {
    return refused("--trace-start: " + path + " ends at second " + to_text(trace->back().second) +
                   ", before this start");
  }
  return schedule;
}

Result<RateSchedule> read_schedule(const CommandLine& given) {
  if (const auto path = given.text("--trace")) return read_trace(given, *path);
  for (const std::string_view flag : kTraceFlags) {
    if (given.has(flag)) return refused(std::string(flag) + " needs --trace FILE");
  }
  return read_phases(given);
}

CommandLine::Refusal read_shape(const CommandLine& given, RequestShape& shape) {
  double work_ms = 0.0;
  double wait_ms = 0.0;
  const std::array<CommandLine::Refusal, 3> refusals = {
      given.read("--items", {1, 1000}, shape.items),
      given.read("--work-ms", {0.0, kMostWorkMs}, work_ms),
      given.read("--wait-ms", {0.0, kMostWorkMs}, wait_ms)};
  for (const auto& refusal : refusals) {
    if (refusal) return refusal;
  }
  if (given.has("--work-ms")) shape.work_ms = work_ms;
  if (given.has("--wait-ms")) shape.wait_ms = wait_ms;
  return std::nullopt;
}

CommandLine::Refusal read_manner(const CommandLine& given, LoadSettings& settings) {
  std::size_t seed = settings.seed;
  double min_success = 0.0;
  const std::array<CommandLine::Refusal, 4> refusals = {
      given.read("--timeout", settings.timeout),
      given.read("--connections", {1, 50000}, settings.most_connections),
      given.read("--seed", {0, 1000000000}, seed),
      given.read("--min-success", {0.0, 1.0}, min_success)};
  for (const auto& refusal : refusals) {
    if (refusal) return refusal;
  }
  if (settings.timeout.count() == 0) return refused("--timeout: must be more than 0");
  settings.seed = seed;
  if (given.has("--min-success")) settings.min_success = min_success;
  settings.json_path = given.text("--json");
  if (given.has("--poisson")) settings.arrivals = ArrivalKind::Poisson;
  if (given.has("--keep-alive")) settings.connection_use = ConnectionUse::KeepAlive;
  if (given.has("--progress")) settings.progress = Progress::EveryFiveSeconds;
  return std::nullopt;
}

}  // namespace

Result<HttpUrl> parse_http_url(std::string_view text) {
  static constexpr std::string_view kScheme = "http://";
  const Error error = refused("'" + std::string(text) + "' is not http://HOST:PORT/PATH");
  if (!text.starts_with(kScheme)) return error;
  if (std::ranges::any_of(text, [](char c) { return c <= ' ' || c == 127; })) return error;
  const std::string_view rest = text.substr(kScheme.size());
  const std::size_t slash = std::min(rest.find_first_of("/?"), rest.size());
  HttpUrl url;
  url.authority = rest.substr(0, slash);
  url.target = rest.substr(slash, rest.find('#') - slash);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  std::string_view host = url.authority;
  url.port = "80";
  const std::size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    url.port = host.substr(colon + 1);
    host = host.substr(0, colon);
    if (!parse_whole_number(url.port, 1, 65535)) return error;
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || host.find_first_of("[]@") != std::string_view::npos) return error;
  url.host = host;
  return url;
}

Result<LoadSettings> to_load_settings(const CommandLine& given) {
  auto urls = read_urls(given);
  if (!urls) return urls.error();
  auto schedule = read_schedule(given);
  if (!schedule) return schedule.error();
  LoadSettings settings;
  settings.urls = std::move(urls).value();
  settings.schedule = std::move(schedule).value();
  if (const auto refusal = read_shape(given, settings.shape)) return *refusal;
  if (const auto refusal = read_manner(given, settings)) return *refusal;
  return settings;
}

}  // namespace evalscaler::workload
