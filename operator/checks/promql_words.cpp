// SPDX-License-Identifier: Apache-2.0
#include "checks/promql_words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace evalscaler::checks {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 14> kAggregates{
    "sum",    "avg",  "min",     "max",          "count",    "group",  "stddev",
    "stdvar", "topk", "bottomk", "count_values", "quantile", "limitk", "limit_ratio"};
constexpr std::array<std::string_view, 6> kComparisons{"==", "!=", "<", "<=", ">", ">="};

}  // namespace

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

PromqlOperator operator_of(const Token& token) {
  constexpr std::array<PromqlOperator, 16> kOperators{{{"or", 1},
                                                       {"and", 2},
                                                       {"unless", 2},
                                                       {"==", 3},
                                                       {"!=", 3},
                                                       {"<", 3},
                                                       {"<=", 3},
                                                       {">", 3},
                                                       {">=", 3},
                                                       {"+", 4},
                                                       {"-", 4},
                                                       {"*", 5},
                                                       {"/", 5},
                                                       {"%", 5},
                                                       {"atan2", 5},
                                                       {"^", kPowerStrength}}};
  if (token.kind != TokenKind::Symbol && token.kind != TokenKind::Name) return {};
  const std::string text = lower_case(token.text);
  for (const PromqlOperator& known : kOperators) {
    if (known.name == text && !text.empty()) return known;
  }
  return {};
}

std::optional<milliseconds> promql_duration(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 7> kUnits{{{"ms", 1},
                                                                       {"s", 1e3},
                                                                       {"m", 6e4},
                                                                       {"h", 3.6e6},
                                                                       {"d", 8.64e7},
                                                                       {"w", 6.048e8},
                                                                       {"y", 3.1536e10}}};
  constexpr double kMost = 1e12;
  double total = 0;
  while (!text.empty()) {
    double number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    double factor = text.empty() ? 1e3 : 0;  // a bare number is seconds
    for (const auto& [unit, size] : kUnits) {
      if (factor != 0 || !text.starts_with(unit)) continue;
      factor = size;
      text.remove_prefix(unit.size());
    }
    if (factor == 0) return std::nullopt;
    total += number * factor;
  }
  return milliseconds(static_cast<milliseconds::rep>(std::clamp(total, 0.0, kMost)));
}

bool is_comparison(std::string_view name) {
  return std::find(kComparisons.begin(), kComparisons.end(), name) != kComparisons.end();
}

std::string_view aggregate_of(std::string_view lower_case_word) {
  const auto* const found = std::find(kAggregates.begin(), kAggregates.end(), lower_case_word);
  return found == kAggregates.end() ? std::string_view{} : *found;
}

}  // namespace evalscaler::checks
