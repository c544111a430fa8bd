// SPDX-License-Identifier: Apache-2.0
// Behavior: HPA v2's stabilization windows and rate limits. Pure.
//
// Authority: kubernetes pkg/controller/podautoscaler/horizontal.go. With `behavior`, windows are
// open at their beginning (ts > now - window); targetTracking without `behavior` has the older
// rules: the highest proposal of 300 s (ts >= now - 300 s), and up to max(2 x current, 4) at once.
// threshold without `behavior` has neither. Periods count what was added and removed in
// (now - period, now].
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "scaling/decision.hpp"
#include "scaling/inputs.hpp"

namespace evalscaler::scaling {

// The rules of one direction with HPA's defaults filled in. Borrows from the tier.
struct SideRules {
  std::chrono::seconds window{0};
  api::SelectPolicy select = api::SelectPolicy::Max;
  std::span<const api::ScalingPolicy> policies;
};
struct BehaviorRules {
  SideRules up;
  SideRules down;
};

enum class BehaviorKind { None, Default, Stated };
BehaviorKind behavior_kind(const api::Tier& tier);
BehaviorRules behavior_rules(const api::Tier& tier);

// `proposed` after the windows have been looked at; may lie on the other side of current.
Replicas stabilized(const TierInputs& inputs, Replicas proposed);
// The furthest that may be gone now. Up: at least the current replicas; down: at most these.
Replicas rate_limit(const TierInputs& inputs, Direction direction);

// How long an event or a recommendation can still count.
std::chrono::seconds longest_period(const api::Tier& tier);
std::chrono::seconds longest_window(const api::Tier& tier);

// Remembering: what can no longer count goes.
void remember(std::vector<api::Recommendation>& list, api::Recommendation newest,
              const api::Tier& tier);
void remember(std::vector<api::ScaleEvent>& list, api::ScaleEvent newest, const api::Tier& tier);

// At most `most` entries that hold at least as long and as firmly as the whole list: older ones
// of a kind become one, at the later time. For events that is said of the way they went: what was
// added and counts for longer leaves that much more room downwards, and the other way round.
std::vector<api::Recommendation> shortened(std::vector<api::Recommendation> list, std::size_t most);
std::vector<api::ScaleEvent> shortened(std::vector<api::ScaleEvent> list, std::size_t most);

}  // namespace evalscaler::scaling
