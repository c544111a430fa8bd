// SPDX-License-Identifier: Apache-2.0
// Number text: numbers and durations as people write them on a command line or in a CSV file.
// Pure. A complaint says only what is wrong with the text ("'x' is not a whole number"); the
// caller adds where it stood.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace evalscaler::workload {

[[nodiscard]] Result<std::int64_t> parse_whole_number(std::string_view text, std::int64_t least,
                                                      std::int64_t most);

// Finite decimals only: "nan" and "inf" are refused.
[[nodiscard]] Result<double> parse_decimal(std::string_view text, double least, double most);

// "500ms", "30s", "2m", "1h", "1.5s"; a bare number is seconds. Never negative, at most 1000 h.
[[nodiscard]] Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

// The shortest text that reads back as the same number ("0.25", "100000", "NaN", "+Inf").
[[nodiscard]] std::string to_text(double number);

}  // namespace evalscaler::workload
