// SPDX-License-Identifier: Apache-2.0
// Paint: colours for a terminal, none for pipes and for NO_COLOR (no-color.org).
#pragma once

#include <string>
#include <string_view>

namespace evalscaler::cli {

enum class Tone { Plain, Good, Warning, Bad, Faint, Strong };

class Paint {
 public:
  enum class Kind { None, Ansi };
  explicit Paint(Kind kind) : kind_(kind) {}

  std::string operator()(Tone tone, std::string_view text) const;

 private:
  Kind kind_;
};

// Ansi if standard output is a terminal that can do it and NO_COLOR is not set.
Paint::Kind paint_of_stdout();

}  // namespace evalscaler::cli
