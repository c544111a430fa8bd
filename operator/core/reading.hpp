// SPDX-License-Identifier: Apache-2.0
// Reading: what is known of one metric of one service, never a bare double.
//
// A reading that is not Fresh never counts as low: it vetoes every scale-down.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/clock.hpp"

namespace evalscaler {

enum class ReadingState {
  Fresh,     // a number inside its range and young enough
  Missing,   // no series, no answer, or older than its maxAge
  Invalid,   // NaN, infinite, out of range, several series, not a vector
  Immature,  // too little history behind the window to mean anything yet
};

struct Reading {
  ReadingState state = ReadingState::Missing;
  double value = 0;                     // meaningful only when Fresh
  std::optional<WallTime> sample_time;  // of the value, where it is known
  std::string why;                      // one line, unless Fresh without reservation
  // A partial answer (Thanos warnings): good enough to go up on, not to go down on.
  bool partial = false;

  bool fresh() const { return state == ReadingState::Fresh; }
  bool fresh_enough_to_shrink() const { return fresh() && !partial; }
  bool operator==(const Reading&) const = default;

  static Reading fresh_value(double value, std::optional<WallTime> sample_time = {}) {
    return {ReadingState::Fresh, value, sample_time, {}, false};
  }
  static Reading missing(std::string why) {
    return {ReadingState::Missing, 0, {}, std::move(why), false};
  }
  static Reading invalid(std::string why) {
    return {ReadingState::Invalid, 0, {}, std::move(why), false};
  }
  static Reading immature(std::string why) {
    return {ReadingState::Immature, 0, {}, std::move(why), false};
  }
};

std::string_view to_text(ReadingState state);  // "Fresh", "Missing", "Invalid", "Immature"

}  // namespace evalscaler
