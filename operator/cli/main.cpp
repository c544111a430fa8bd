// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "cli/commands.hpp"
#include "cli/connect.hpp"
#include "telemetry/log.hpp"
#include "wire/cpprest_http.hpp"

int main(int argc, char** argv) {
  using namespace evalscaler;
  wire::initialize_http(2);
  telemetry::configure_log(telemetry::LogLevel::Error, telemetry::LogFormat::Console);
  const SystemClock clock;
  cli::Session session{
      std::cin,
      std::cout,
      std::cerr,
      clock,
      cli::Paint(cli::paint_of_stdout()),
      [&](const kube::AccessChoice& choice) { return cli::connect(choice, clock); }};
  return cli::run({argv + 1, argv + argc}, session);
}
