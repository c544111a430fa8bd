// SPDX-License-Identifier: Apache-2.0
// Reasons: every CamelCase word a finding can have, in one table.
//
// Scripts match on them: a word that is out is never renamed.
#pragma once

#include <string_view>

namespace evalscaler::checks::reasons {

// The answer is no.
inline constexpr std::string_view kSchema = "Schema";
inline constexpr std::string_view kWrongSide = "ThresholdsOnWrongSide";
inline constexpr std::string_view kWouldFlap = "WouldFlap";
inline constexpr std::string_view kUnreachableTrigger = "UnreachableTrigger";
inline constexpr std::string_view kOutOfRange = "ThresholdOutOfRange";
inline constexpr std::string_view kNotATotal = "NotATotal";
// An error where the catalogue is known, a warning where it is only guessed to be the built-in.
inline constexpr std::string_view kUnknownMetric = "UnknownMetric";
// Worth a look.
inline constexpr std::string_view kAboveHundredPercent = "TriggerAboveHundredPercent";
inline constexpr std::string_view kRunaway = "Runaway";
inline constexpr std::string_view kTotalNotPerReplica = "TotalNotPerReplica";
inline constexpr std::string_view kSameQuery = "SameQuery";
inline constexpr std::string_view kNeverDown = "NeverDown";
inline constexpr std::string_view kNeverUp = "NeverUp";
inline constexpr std::string_view kOneReplica = "OneReplica";
inline constexpr std::string_view kScaleToZero = "ScaleToZero";
inline constexpr std::string_view kFixedSize = "FixedSize";
inline constexpr std::string_view kAboveOperatorLimit = "AboveOperatorLimit";
inline constexpr std::string_view kFallbackNeverRaises = "FallbackNeverRaises";
inline constexpr std::string_view kShortCooldown = "ShortCooldown";
inline constexpr std::string_view kDownFasterThanUp = "DownFasterThanUp";
inline constexpr std::string_view kMaxAgeShort = "MaxAgeShort";
// Smells of PromQL.
inline constexpr std::string_view kUnreadableQuery = "UnreadableQuery";
inline constexpr std::string_view kHidesMissing = "HidesMissing";
inline constexpr std::string_view kFilteringComparison = "FilteringComparison";
inline constexpr std::string_view kShortWindow = "ShortWindow";
inline constexpr std::string_view kNoIdentity = "NoIdentity";
inline constexpr std::string_view kManySeries = "ManySeries";
inline constexpr std::string_view kInstantRate = "InstantRate";
inline constexpr std::string_view kIncreaseIsNoRate = "IncreaseIsNoRate";
inline constexpr std::string_view kAverageOfQuotients = "AverageOfQuotients";
inline constexpr std::string_view kIdleDivision = "IdleDivision";

}  // namespace evalscaler::checks::reasons
