// SPDX-License-Identifier: Apache-2.0
#include "scaling/outcome.hpp"

#include <cassert>

namespace evalscaler::scaling {

std::string_view to_text(Direction direction) {
  switch (direction) {
    case Direction::Up:
      return "ScaleUp";
    case Direction::Down:
      return "ScaleDown";
    case Direction::Hold:
      return "Hold";
  }
  assert(false);
  return "Hold";
}

}  // namespace evalscaler::scaling
