// SPDX-License-Identifier: Apache-2.0
// The operator's own limit on replicas (--max-replicas-limit), whatever a resource says. Pure.
#pragma once

#include <string_view>

#include "scaling/decision.hpp"

namespace evalscaler::reconcile {

inline constexpr std::string_view kMaxReplicasLimit = "MaxReplicasLimit";

// Cuts a scale-up to the limit, with a step that says so. Never makes a tier smaller: one that
// is already beyond the limit holds.
scaling::Decision limited(scaling::Decision decision, const api::Tier& tier, api::Replicas limit);

}  // namespace evalscaler::reconcile
