// SPDX-License-Identifier: Apache-2.0
// Decisions as status remembers them: which of them are worth it, and which it holds already. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "api/service_status.hpp"
#include "reconcile/service_visit.hpp"

namespace evalscaler::reconcile {

inline constexpr std::size_t kRecentDecisions = 10;

api::DecisionRecord record_of(const Evaluation& evaluation, const std::string& tier);

// Told apart by their outcome, not by words or steps.
bool is_same(const api::DecisionRecord& left, const api::DecisionRecord& right);

// Whether the status has this decision among its recent ones.
bool holds(const api::ServiceStatus& status, const api::DecisionRecord& decision);

// The newest applied decision about a tier, in a status and in what is not written yet.
const api::DecisionRecord* newest_applied(const api::ServiceStatus& status,
                                          const std::vector<api::DecisionRecord>& unwritten,
                                          const std::string& tier);

// The last one that is remembered of a tier, likewise.
std::optional<api::DecisionRecord> last_decision(const api::ServiceStatus& status,
                                                 const std::vector<api::DecisionRecord>& unwritten,
                                                 const std::string& tier);

// Whether the decision was refused for a reason that the tier's last one was not.
bool newly_refused(const std::optional<api::DecisionRecord>& last,
                   const scaling::Decision& decision);

// Decisions that changed something, would have (DryRun), or were refused or failed for a new
// reason are remembered until a status holds them. `before`: the evaluation before this one.
bool is_memorable(const Evaluation& now, const std::optional<api::DecisionRecord>& last,
                  const std::optional<Evaluation>& before);

// Tries that fail within one second, one race between them, are one decision. At most
// kRecentDecisions are kept.
void remember(std::vector<api::DecisionRecord>& unwritten, api::DecisionRecord record);

}  // namespace evalscaler::reconcile
