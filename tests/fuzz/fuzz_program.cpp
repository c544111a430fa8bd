// SPDX-License-Identifier: Apache-2.0
// libFuzzer's entry points; compiled once per target, whose name is EVALSCALER_FUZZ_TARGET.
#include <cstddef>
#include <cstdint>

#include "fuzz/targets.hpp"
#include "telemetry/log.hpp"

// NOLINTBEGIN(readability-identifier-naming): the names are libFuzzer's

extern "C" int LLVMFuzzerInitialize(int* /*count*/, char*** /*arguments*/) {
  // What a program would log of a broken input is of no use a thousand times a second.
  using namespace evalscaler::telemetry;
  configure_log(LogLevel::Error, LogFormat::Console);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // An input of no bytes may come as a null pointer.
  const char* text = size == 0 ? "" : reinterpret_cast<const char*>(data);
  evalscaler::fuzz::EVALSCALER_FUZZ_TARGET({text, size});
  return 0;
}

// NOLINTEND(readability-identifier-naming)
