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
inline constexpr std::string_view kBelowMinimum = "BelowMinimum";
inline constexpr std::string_view kAboveMaximum = "AboveMaximum";
// Nothing asks for a change.
inline constexpr std::string_view kWithinBand = "WithinBand";  // no metric beyond or low
inline constexpr std::string_view kNoTrigger = "NoTrigger";    // some are, but not enough
// A change was asked for, and refused.
inline constexpr std::string_view kAtMaximum = "AtMaximum";
inline constexpr std::string_view kAtMinimum = "AtMinimum";
inline constexpr std::string_view kWouldFlap = "WouldFlap";
inline constexpr std::string_view kScaleDownVetoed = "ScaleDownVetoed";
inline constexpr std::string_view kNoReadyReplicas = "NoReadyReplicas";
inline constexpr std::string_view kFreshStreakIncomplete = "FreshStreakIncomplete";
inline constexpr std::string_view kCooldownUp = "CooldownUp";
inline constexpr std::string_view kCooldownDown = "CooldownDown";
// Nothing may change at all.
inline constexpr std::string_view kMetricsUnavailable = "MetricsUnavailable";
inline constexpr std::string_view kScalingDisabled = "ScalingDisabled";
inline constexpr std::string_view kPaused = "Paused";
inline constexpr std::string_view kColdStart = "ColdStart";

}  // namespace evalscaler::scaling::reasons
