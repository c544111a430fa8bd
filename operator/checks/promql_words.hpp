// SPDX-License-Identifier: Apache-2.0
// The words of PromQL that are more than names: operators, aggregations, durations. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "checks/promql_tokens.hpp"

namespace evalscaler::checks {

// Keywords are known in any case.
std::string lower_case(std::string_view text);

struct PromqlOperator {
  std::string_view name;  // in lower case; outlives everything
  int strength = 0;       // the higher, the tighter it binds; 0: no operator
};

inline constexpr int kUnaryStrength = 5;
inline constexpr int kPowerStrength = 6;

PromqlOperator operator_of(const Token& token);
bool is_comparison(std::string_view name);

// sum, topk and the like; empty if it is none.
std::string_view aggregate_of(std::string_view lower_case_word);

// 1h30m, or a bare number of seconds; empty if it is neither, cut at 30 years.
std::optional<std::chrono::milliseconds> promql_duration(std::string_view text);

}  // namespace evalscaler::checks
