// SPDX-License-Identifier: Apache-2.0
// A decision that somebody outside of the pipeline has held back: the same numbers, one more
// step, and no change. Pure.
#pragma once

#include <string>
#include <string_view>

#include "api/evaluation_service.hpp"
#include "scaling/decision.hpp"

namespace evalscaler::reconcile {

// `stage` and `reason` as a step has them; `why` for people, without the tier's name.
scaling::Decision held_back(scaling::Decision decision, const api::Tier& tier,
                            std::string_view stage, std::string_view reason,
                            const std::string& why);

}  // namespace evalscaler::reconcile
