// SPDX-License-Identifier: Apache-2.0
// Replay: a scenario lived through from its first line to its last.
#pragma once

#include <chrono>
#include <functional>

#include "scaling/decision.hpp"
#include "scenario.hpp"

namespace evalscaler::scenarios {

using Seen = std::function<Result<void>(const Moment& moment, std::chrono::milliseconds at,
                                        const scaling::Decision& decision)>;

// Calls `seen` after every evaluation and ends at the first error, its own or that of `seen`.
Result<void> replay(const Scenario& scenario, const Seen& seen);

// Whether the decision is the one that the line says.
Result<void> expect(const Scenario& scenario, const Moment& moment,
                    const scaling::Decision& decision);

}  // namespace evalscaler::scenarios
