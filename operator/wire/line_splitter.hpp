// SPDX-License-Identifier: Apache-2.0
// LineSplitter: cuts a stream of bytes into lines, whatever pieces it arrives in.
//
// Lines that lie inside one piece are not copied. What stands behind the last '\n' waits for
// the next piece and is never delivered without it (R17). Not thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/function_ref.hpp"

namespace evalscaler::wire {

class LineSplitter {
 public:
  enum class Took { All, Stopped, TooLong };

  explicit LineSplitter(std::size_t longest_line) : longest_line_(longest_line) {}

  // Calls `line` for each complete line, without its '\n', until it returns false (Stopped).
  // TooLong as soon as a line, finished or not, is longer than the limit.
  Took feed(std::string_view piece, FunctionRef<bool(std::string_view)> line);

 private:
  std::size_t longest_line_;
  std::string begun_;  // a line whose end has not arrived
};

}  // namespace evalscaler::wire
