// SPDX-License-Identifier: Apache-2.0
// How a plan on a Redis Cluster stands in status: phase, reason, progress. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/plan_status.hpp"
#include "core/result.hpp"
#include "redis/action.hpp"
#include "redis/cluster_view.hpp"
#include "redis/journal.hpp"
#include "redis/migration_engine.hpp"
#include "redis/slot_shares.hpp"
#include "targets/planned_target.hpp"

namespace evalscaler::targets {

inline constexpr std::string_view kPreflight = "Preflight";

// What an action belongs to; waiting belongs to the phase that was reached before.
std::string phase_of(const redis::Action& action, const std::string& reached);

// "from 3 to 4 shards, 4096 slots to move"
std::string goal_of(const api::PlanStatus& plan);

// Puts the reason of the first and the messages of three into the plan, and how many there are.
void tell(const std::vector<redis::Refusal>& refusals, api::PlanStatus& plan);

// Why a plan does not go on whose next action goes on failing.
redis::Refusal failure_of(const redis::Action& action, const Error& error);

// Slots moved and left, as the view shows them; unchanged while a target does not answer.
void measure(const redis::ClusterView& view, const redis::Journal& journal, api::PlanStatus& plan);
void set_eta(api::PlanProgress& progress);

// Who leaves, what moves where, in words.
void foretell(const redis::Journal& journal, const redis::ClusterView& view,
              const redis::SlotWeights& weights, const PlanRequest& request,
              api::PlanPreview& preview);

std::map<std::string, std::int64_t> evictions(const redis::ClusterView& view);
redis::MigrationLimits limits_of(const PlanRequest& request);
int pods_per_shard(const PlanRequest& request);

}  // namespace evalscaler::targets
