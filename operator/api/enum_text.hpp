// SPDX-License-Identifier: Apache-2.0
// The texts of every enum that appears in a resource, and the way back.
//
// An unknown text is nullopt: the caller refuses it, nothing is guessed.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "api/evaluation_service.hpp"
#include "api/service_status.hpp"
#include "core/reading.hpp"

namespace evalscaler::api {

// In the order of the enumerators.
template <typename E>
inline constexpr std::array<std::string_view, 0> kEnumTexts{};
template <>
inline constexpr std::array<std::string_view, 5> kEnumTexts<ServiceType>{
    "EvaluationEngine", "DataManager", "Orchestrator", "CacheManager", "MetricsCollector"};
template <>
inline constexpr std::array<std::string_view, 3> kEnumTexts<Mode>{"Auto", "DryRun", "Paused"};
template <>
inline constexpr std::array<std::string_view, 2> kEnumTexts<Worse>{"Higher", "Lower"};
template <>
inline constexpr std::array<std::string_view, 2> kEnumTexts<OnUnavailable>{"HoldDown", "Ignore"};
template <>
inline constexpr std::array<std::string_view, 2> kEnumTexts<CooldownKind>{"PerDirection", "Shared"};
template <>
inline constexpr std::array<std::string_view, 3> kEnumTexts<MetricTargetType>{
    "Value", "AverageValue", "Utilization"};
template <>
inline constexpr std::array<std::string_view, 2> kEnumTexts<ScalingPolicyType>{"Pods", "Percent"};
template <>
inline constexpr std::array<std::string_view, 3> kEnumTexts<SelectPolicy>{"Max", "Min", "Disabled"};
template <>
inline constexpr std::array<std::string_view, 3> kEnumTexts<ConditionStatus>{"True", "False",
                                                                             "Unknown"};
template <>
inline constexpr std::array<std::string_view, 4> kEnumTexts<ReadingState>{"Fresh", "Missing",
                                                                          "Invalid", "Immature"};

template <typename E>
concept EnumWithTexts = !kEnumTexts<E>.empty();

template <EnumWithTexts E>
constexpr std::string_view to_text(E value) {
  return kEnumTexts<E>.at(static_cast<std::size_t>(value));
}

template <EnumWithTexts E>
constexpr std::optional<E> from_text(std::string_view text) {
  for (std::size_t i = 0; i < kEnumTexts<E>.size(); ++i) {
    if (kEnumTexts<E>.at(i) == text) return static_cast<E>(i);
  }
  return {};
}

}  // namespace evalscaler::api
