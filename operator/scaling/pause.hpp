// SPDX-License-Identifier: Apache-2.0
// What the annotation evalscaler.io/paused asks for. Pure.
#pragma once

#include <string_view>

#include "scaling/inputs.hpp"

namespace evalscaler::scaling {

// `word` is the annotation's value, empty if there is none. "true" pauses both directions,
// "scale-up" and "scale-down" one, "false" none; any other word pauses both, since somebody
// wanted it to stop.
Pause pause_of(std::string_view word);

}  // namespace evalscaler::scaling
