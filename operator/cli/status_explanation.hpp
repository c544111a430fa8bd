// SPDX-License-Identifier: Apache-2.0
// StatusExplanation: what can be said of a service from its spec and status alone.
//
// Worked out by the code that decides, on the readings of the status; those are refreshed when
// one moves or changes its state, not every interval. What a status does not hold (the fresh
// streak, a rollout, who else scales) is not said.
#pragma once

#include "api/explanation.hpp"
#include "cli/service_reader.hpp"

namespace evalscaler::cli {

api::ServiceExplanation explain_status(const ServiceView& view, WallTime now);

// When the newest decision in the status was made; empty if there is none.
std::optional<WallTime> decided_at(const api::ServiceStatus& status);

}  // namespace evalscaler::cli
