// SPDX-License-Identifier: Apache-2.0
// Text that came from outside, made fit for one line of a log, a status or a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace evalscaler {

// Control characters (line breaks, terminal escapes) become spaces; cut at `limit` bytes,
// on a UTF-8 boundary, with "..." at the end.
std::string one_line(std::string_view text, std::size_t limit = 1024);

// Length of the valid UTF-8 sequence at the front of `text`, 0 if there is none.
std::size_t utf8_length(std::string_view text);

std::vector<std::string_view> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);
std::string join(const std::vector<std::string>& parts, std::string_view separator);

}  // namespace evalscaler
