// SPDX-License-Identifier: Apache-2.0
// What a fuzz target asserts of every input, beyond not crashing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace evalscaler::fuzz {

// Ends the run of a fuzz program, and fails a test: nobody catches it but the test framework.
struct BrokenClaim : std::logic_error {
  using std::logic_error::logic_error;
};

inline void claim(bool holds, const std::string& what) {
  if (!holds) throw BrokenClaim(what);
}

// What every message for people must be: there, one line, of a size that fits a status.
inline void claim_message(std::string_view message, std::size_t limit = 2048) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  claim(!message.empty(), "an error has no message");
  claim(message.size() <= limit, "a message is " + std::to_string(message.size()) + " bytes long");
  claim(std::none_of(message.begin(), message.end(), control), "a message has control characters");
}

}  // namespace evalscaler::fuzz
