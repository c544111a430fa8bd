// SPDX-License-Identifier: Apache-2.0
// ExplanationText: one tier's explanation for people, as lines of a terminal.
#pragma once

#include <string>

#include "api/explanation.hpp"
#include "cli/paint.hpp"
#include "core/clock.hpp"

namespace evalscaler::cli {

// Ages count from `as_of`.
std::string tier_text(const api::TierExplanation& tier, WallTime as_of, const Paint& paint);

}  // namespace evalscaler::cli
