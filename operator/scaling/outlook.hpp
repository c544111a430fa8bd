// SPDX-License-Identifier: Apache-2.0
// Outlook: what would have to change for a tier to go up or down, and what would stop it now. Pure.
//
// What is in the way is found by asking the stages themselves about one replica more and one less,
// so that none of them can be forgotten here. It is as true as its inputs: what they do not know
// (a status knows no rollout) is not said.
#pragma once

#include <optional>

#include "api/explanation.hpp"
#include "scaling/inputs.hpp"
#include "scaling/outcome.hpp"

namespace evalscaler::scaling {

// Fills in up, down, cooldown, and what is remembered; needs the tier, replicas, readings and now.
void look_ahead(const TierInputs& inputs, api::TierExplanation& out);

// The proposal that keeps a stabilization window from following `proposed`; the newest of several.
std::optional<api::Recommendation> held_by(const TierInputs& inputs, Direction direction,
                                           Replicas proposed);
// How far the rate limits let it go, and when time alone lets it go further. Empty without them.
std::optional<api::RateRoom> rate_room(const TierInputs& inputs, Direction direction);

}  // namespace evalscaler::scaling
