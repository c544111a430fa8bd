// SPDX-License-Identifier: Apache-2.0
#include "core/reading.hpp"

#include <cassert>

namespace evalscaler {

std::string_view to_text(ReadingState state) {
  switch (state) {
    case ReadingState::Fresh:
      return "Fresh";
    case ReadingState::Missing:
      return "Missing";
    case ReadingState::Invalid:
      return "Invalid";
    case ReadingState::Immature:
      return "Immature";
  }
  assert(false);
  return "Invalid";
}

}  // namespace evalscaler
