// SPDX-License-Identifier: Apache-2.0
// Engine options: the evaluation engine's flags and variables, and the settings they make. Pure.
#pragma once

#include <span>
#include <string>

#include "core/result.hpp"
#include "workload/command_line.hpp"
#include "workload/engine/engine_server.hpp"

namespace evalscaler::workload {

[[nodiscard]] std::span<const FlagSpec> engine_flags();
[[nodiscard]] Result<EngineSettings> to_engine_settings(const CommandLine& given);
[[nodiscard]] std::string engine_usage();

}  // namespace evalscaler::workload
