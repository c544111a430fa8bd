// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "core/result.hpp"
#include "workload/command_line.hpp"
#include "workload/engine/engine_server.hpp"

namespace evalscaler::workload {

// The evaluation engine's flags and variables.
[[nodiscard]] std::span<const FlagSpec> engine_flags();
[[nodiscard]] Result<EngineSettings> to_engine_settings(const CommandLine& given);
[[nodiscard]] std::string engine_usage();

}  // namespace evalscaler::workload
