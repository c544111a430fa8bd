// SPDX-License-Identifier: Apache-2.0
#include "workload/engine/engine_options.hpp"

#include <array>
#include <boost/asio/ip/address.hpp>
#include <cmath>

namespace evalscaler::workload {
namespace {

std::chrono::microseconds to_microseconds(double milliseconds) {
  return std::chrono::microseconds(std::llround(milliseconds * 1000.0));
}

}  // namespace

std::span<const FlagSpec> engine_flags() {
  static const std::array<FlagSpec, 9> flags = {{
      {"--address", "IP", "address to listen on (0.0.0.0)", FlagKind::Value, "ENGINE_ADDRESS"},
      {"--port", "N", "port; 0 = a free one, printed (8080)", FlagKind::Value, "ENGINE_PORT"},
      {"--workers", "N", "evaluations at a time (4)", FlagKind::Value, "ENGINE_WORKERS"},
      {"--queue", "N", "requests that may wait beyond those (100)", FlagKind::Value,
       "ENGINE_QUEUE"},
      {"--work-ms", "X", "CPU time per item, in milliseconds (0)", FlagKind::Value,
       "ENGINE_WORK_MS"},
      {"--wait-ms", "X", "waiting per item, in milliseconds (0)", FlagKind::Value,
       "ENGINE_WAIT_MS"},
      {"--drain-ms", "N", "how long to accept after SIGTERM, while not ready (1000)",
       FlagKind::Value, "ENGINE_DRAIN_MS"},
      {"--max-connections", "N", "clients served at a time; more wait (1024)", FlagKind::Value,
       "ENGINE_MAX_CONNECTIONS"},
      {"--help", "", "print this", FlagKind::Switch},
  }};
  return flags;
}

Result<EngineSettings> to_engine_settings(const CommandLine& given) {
  EngineSettings settings;
  std::size_t port = settings.port;
  auto drain = static_cast<std::size_t>(settings.drain.count());
  double work_ms = 0.0;
  double wait_ms = 0.0;
  const double most_ms = std::chrono::duration<double, std::milli>(kMostWorkPerItem).count();
  const std::array<CommandLine::Refusal, 7> refusals = {
      given.read("--port", {0, 65535}, port),
      given.read("--workers", {1, 256}, settings.pool.workers),
      given.read("--queue", {0, 100000}, settings.pool.queue),
      given.read("--work-ms", {0.0, most_ms}, work_ms),
      given.read("--wait-ms", {0.0, most_ms}, wait_ms),
      given.read("--drain-ms", {0, 600000}, drain),
      given.read("--max-connections", {1, 100000}, settings.most_connections),
  };
  for (const auto& refusal : refusals) {
    if (refusal) return *refusal;
  }
  settings.address = given.text("--address").value_or(settings.address);
  boost::system::error_code error;
  boost::asio::ip::make_address(settings.address, error);
  if (error) {
    return fail(ErrorKind::Invalid, "--address: '" + settings.address +
                                        "' is not an IP address; names are not" + " looked up");
  }
  settings.port = static_cast<std::uint16_t>(port);
  settings.drain = std::chrono::milliseconds(drain);
  settings.work = {to_microseconds(work_ms), to_microseconds(wait_ms)};
  return settings;
}

std::string engine_usage() {
  return usage_text(
      "evaluation_engine: scores items over HTTP (POST /evaluate; /health, /ready, /metrics)",
      engine_flags());
}

}  // namespace evalscaler::workload
