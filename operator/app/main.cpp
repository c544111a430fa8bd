// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>
#include <string>
#include <variant>

#include "app/operator.hpp"
#include "app/options.hpp"
#include "app/stop_signals.hpp"
#include "core/clock.hpp"
#include "telemetry/log.hpp"
#include "wire/cpprest_http.hpp"

namespace {

// Of the HTTP library's pool: it only moves bytes, callers wait in threads of their own.
constexpr unsigned kHttpThreads = 4;

int refuse(const evalscaler::Error& error) {
  std::fprintf(stderr, "evalscaler: %s\n", error.message.c_str());
  const bool users = error.kind == evalscaler::ErrorKind::Invalid ||
                     error.kind == evalscaler::ErrorKind::NotFound ||
                     error.kind == evalscaler::ErrorKind::Forbidden;
  return users ? 2 : 1;
}

int run(int argc, const char* const* argv) {
  using namespace evalscaler;
  const auto parsed = app::parse_options(argc, argv, app::process_environment());
  if (!parsed) return refuse(parsed.error());
  if (const auto* answer = std::get_if<app::Answer>(&*parsed)) {
    std::fputs(answer->text.c_str(), stdout);
    return 0;
  }
  const auto& options = std::get<app::Options>(*parsed);
  telemetry::configure_log(options.log_level, options.log_format);

  app::StopSignals signals;  // before any other thread
  wire::initialize_http(kHttpThreads);
  SystemClock clock;
  const auto made = app::Operator::make(options, clock);
  if (!made) return refuse(made.error());
  (*made)->run(signals.token());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& thrown) {  // out of memory or threads, at the start
    std::fprintf(stderr, "evalscaler: %s\n", thrown.what());
    return 1;
  }
}
