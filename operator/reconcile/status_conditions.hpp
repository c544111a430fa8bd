// SPDX-License-Identifier: Apache-2.0
// The conditions of an EvaluationService: Ready, ScalingActive, AbleToScale, ScalingLimited,
// and DryRun, Paused, Contested and RolloutStalled while they are true. Pure.
//
// The trio is HPA's and means the same here. Ready sums up: True with the decision's own
// reason, False with the first thing that its user or the on-call engineer must look at,
// Unknown until the first evaluation. All are set on the first visit.
#pragma once

#include <string_view>
#include <vector>

#include "api/service_status.hpp"
#include "reconcile/status_report.hpp"

namespace evalscaler::reconcile {

namespace conditions {
inline constexpr std::string_view kReady = "Ready";
inline constexpr std::string_view kScalingActive = "ScalingActive";
inline constexpr std::string_view kAbleToScale = "AbleToScale";
inline constexpr std::string_view kScalingLimited = "ScalingLimited";
inline constexpr std::string_view kDryRun = "DryRun";
inline constexpr std::string_view kPaused = "Paused";
inline constexpr std::string_view kContested = "Contested";
inline constexpr std::string_view kRolloutStalled = "RolloutStalled";
inline constexpr std::string_view kDataTierUnsafe = "DataTierUnsafe";

inline constexpr std::string_view kInvalidSpec = "InvalidSpec";
inline constexpr std::string_view kTargetNotFound = "TargetNotFound";
inline constexpr std::string_view kTargetUnsupported = "TargetUnsupported";
inline constexpr std::string_view kTargetUnreadable = "TargetUnreadable";
inline constexpr std::string_view kUnknownMetric = "UnknownMetric";
inline constexpr std::string_view kScaleFailed = "ScaleFailed";
inline constexpr std::string_view kWaitingForReadings = "WaitingForReadings";
inline constexpr std::string_view kValidMetricFound = "ValidMetricFound";
inline constexpr std::string_view kReadyForNewScale = "ReadyForNewScale";
inline constexpr std::string_view kDesiredWithinRange = "DesiredWithinRange";
inline constexpr std::string_view kRolloutPaused = "RolloutPaused";
inline constexpr std::string_view kProgressDeadlineExceeded = "ProgressDeadlineExceeded";
}  // namespace conditions

// `tiers`: what the new status says of them.
std::vector<api::Condition> make_conditions(const ReportInputs& inputs,
                                            const std::vector<api::TierStatus>& tiers);

// Whether this reason of a decision means that a change was asked for and not made in full.
bool is_limitation(std::string_view decision_reason);

}  // namespace evalscaler::reconcile
