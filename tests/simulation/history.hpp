// SPDX-License-Identifier: Apache-2.0
// History: what happened in one simulation, one line per step, the same bytes for the same seed.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

#include "simulation/virtual_clock.hpp"

namespace evalscaler::simulation {

// A property that did not hold; ends the run of its seed.
struct Violation : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class History {
 public:
  explicit History(const VirtualClock& clock) : clock_(clock) {}

  void add(std::string_view who, std::initializer_list<std::string_view> words) {
    const auto micros =
        std::chrono::duration_cast<std::chrono::microseconds>(clock_.elapsed()).count();
    std::array<char, 32> stamp{};
    std::snprintf(stamp.data(), stamp.size(), "%10.6f ", static_cast<double>(micros) / 1e6);
    text_ += stamp.data();
    text_ += who;
    text_ += ':';
    for (const std::string_view word : words) {
      text_ += ' ';
      text_ += word;
    }
    text_ += '\n';
  }
  const std::string& text() const { return text_; }

 private:
  const VirtualClock& clock_;
  std::string text_;
};

}  // namespace evalscaler::simulation
