// SPDX-License-Identifier: Apache-2.0
// Reasons: every CamelCase word a decision can give, in one table.
//
// Scripts and alerts match on them: a word that is out is never renamed.
#pragma once

#include <string_view>

namespace evalscaler::scaling::reasons {

// The number changes.
inline constexpr std::string_view kThresholdExceeded = "ThresholdExceeded";
inline constexpr std::string_view kBelowThresholds = "BelowThresholds";
inline constexpr std::string_view kAboveTarget = "AboveTarget";  // targetTracking
inline constexpr std::string_view kBelowTarget = "BelowTarget";
inline constexpr std::string_view kFallback = "Fallback";
inline constexpr std::string_view kBelowMinimum = "BelowMinimum";
inline constexpr std::string_view kAboveMaximum = "AboveMaximum";
// Nothing asks for a change.
inline constexpr std::string_view kWithinBand = "WithinBand";            // no metric beyond or low
inline constexpr std::string_view kNoTrigger = "NoTrigger";              // some are, but not enough
inline constexpr std::string_view kWithinTolerance = "WithinTolerance";  // of every target
// A change was asked for, and refused.
inline constexpr std::string_view kAtMaximum = "AtMaximum";
inline constexpr std::string_view kAtMinimum = "AtMinimum";
inline constexpr std::string_view kWouldFlap = "WouldFlap";
inline constexpr std::string_view kScaleDownVetoed = "ScaleDownVetoed";
inline constexpr std::string_view kNoReadyReplicas = "NoReadyReplicas";
inline constexpr std::string_view kFreshStreakIncomplete = "FreshStreakIncomplete";
inline constexpr std::string_view kCapacityPending = "CapacityPending";
inline constexpr std::string_view kRolloutInProgress = "RolloutInProgress";
inline constexpr std::string_view kPopulationDropped = "PopulationDropped";
inline constexpr std::string_view kScaleUpStabilized = "ScaleUpStabilized";
inline constexpr std::string_view kScaleDownStabilized = "ScaleDownStabilized";
inline constexpr std::string_view kScaleUpLimit = "ScaleUpLimit";  // behavior's policies
inline constexpr std::string_view kScaleDownLimit = "ScaleDownLimit";
inline constexpr std::string_view kScaleUpPaused = "ScaleUpPaused";
inline constexpr std::string_view kScaleDownPaused = "ScaleDownPaused";
inline constexpr std::string_view kCooldownUp = "CooldownUp";
inline constexpr std::string_view kCooldownDown = "CooldownDown";
// Nothing may change at all.
inline constexpr std::string_view kMetricsUnavailable = "MetricsUnavailable";
inline constexpr std::string_view kScalingDisabled = "ScalingDisabled";
inline constexpr std::string_view kPaused = "Paused";
inline constexpr std::string_view kTargetManagedByController = "TargetManagedByController";
inline constexpr std::string_view kOtherAutoscaler = "OtherAutoscaler";
inline constexpr std::string_view kContested = "Contested";
inline constexpr std::string_view kColdStart = "ColdStart";
// Said by the operator around a decision.
// The target's adapter has the last word.
inline constexpr std::string_view kPlanInMotion = "PlanInMotion";
inline constexpr std::string_view kDataTierUnsafe = "DataTierUnsafe";
inline constexpr std::string_view kScaleDownBudget = "ScaleDownBudget";

}  // namespace evalscaler::scaling::reasons
