// SPDX-License-Identifier: Apache-2.0
// Times and durations as text: RFC 3339 for machines, short phrases for people.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace evalscaler {

// RFC 3339 with any UTC offset and up to nine fraction digits (cut to microseconds).
Result<WallTime> parse_time(std::string_view text);

std::string time_text(WallTime time);        // 2026-01-01T00:00:00Z (metav1.Time)
std::string micro_time_text(WallTime time);  // 2026-01-01T00:00:00.000000Z (metav1.MicroTime)

// Go's notation ("20s", "1h30m", "250ms", "1.5s"); negative and unit-less are refused.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

// "8s", "2m5s", "3h", "4d2h": two units at most, as kubectl prints ages.
std::string duration_text(std::chrono::seconds duration);

}  // namespace evalscaler
