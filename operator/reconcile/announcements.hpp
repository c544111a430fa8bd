// SPDX-License-Identifier: Apache-2.0
// Announcements: what of a visit is worth telling people: events and log lines. Pure.
//
// Once per change, never once per evaluation. A scale is told when it was done; what status
// shows (a refusal, metrics that went away or came back, a mistake) is told when status says
// it for the first time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/service_status.hpp"
#include "kube/event_recorder.hpp"
#include "reconcile/service_visit.hpp"

namespace evalscaler::reconcile {

struct Announcement {
  kube::EventType type = kube::EventType::Normal;
  std::string reason;
  std::string action;
  std::string note;
  bool operator==(const Announcement&) const = default;
};

// Of a decision that was carried out, or in DryRun would have been; empty for a hold.
std::optional<Announcement> announce_scale(const Evaluation& evaluation, api::Mode mode);

// Of a refusal or an unforeseen failure that `old` does not show yet.
std::vector<Announcement> announce_changes(const api::ServiceStatus& old,
                                           const api::ServiceStatus& wanted);

}  // namespace evalscaler::reconcile
