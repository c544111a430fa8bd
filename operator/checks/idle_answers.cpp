// SPDX-License-Identifier: Apache-2.0
#include "checks/idle_answers.hpp"

#include <algorithm>
#include <array>

namespace evalscaler::checks {
namespace {

using Kind = PromqlNode::Kind;

constexpr std::array<std::string_view, 3> kFlows{"rate", "irate", "increase"};

bool is_flow(const PromqlNode& node) {
  return node.kind == Kind::Call &&
         std::find(kFlows.begin(), kFlows.end(), node.name) != kFlows.end();
}

// Certainly 0 without traffic: a rate, and what sums, products and aggregations make of rates.
bool is_idle_zero(const PromqlNode& node) {
  constexpr std::array<std::string_view, 4> kKeepsZero{"sum", "avg", "max", "min"};
  switch (node.kind) {
    case Kind::Call:
      if (node.name == "label_replace" || node.name == "label_join") {
        return !node.parts.empty() && is_idle_zero(node.parts.front());
      }
      return is_flow(node);
    case Kind::Aggregate:
      return std::find(kKeepsZero.begin(), kKeepsZero.end(), node.name) != kKeepsZero.end() &&
             is_idle_zero(node.parts.front());
    case Kind::Unary:
      return is_idle_zero(node.parts.front());
    case Kind::Binary: {
      // The right side first: chains of operators are deep on the left.
      const bool right = is_idle_zero(node.parts[1]);
      const PromqlNode& left = node.parts[0];
      if (node.name == "*") return right || is_idle_zero(left);
      if (node.name == "/" || node.name == "and" || node.name == "unless") {
        return !right && is_idle_zero(left);
      }
      const bool adds = node.name == "+" || node.name == "-" || node.name == "or";
      return adds && right && is_idle_zero(left);
    }
    case Kind::Number:
      return node.name == "0";
    case Kind::Text:
    case Kind::Selector:
    case Kind::Subquery:
      break;
  }
  return false;
}

bool mentions_flow(const PromqlNode& node) {
  return any_node(node, is_flow);
}

// Of `x > 0` with a rate for x: false when idle.
bool drops_zero(const PromqlNode& node) {
  if (!node.is_filter() || (node.name != ">" && node.name != "!=")) return false;
  return is_idle_zero(node.parts[1]) && is_idle_zero(node.parts[0]);
}

bool is_number(IdleAnswer answer) {
  return answer == IdleAnswer::Number;
}

IdleAnswer of_binary(const PromqlNode& node) {
  const PromqlNode& right_part = node.parts[1];
  const IdleAnswer left = answer_when_idle(node.parts[0]);
  const IdleAnswer right = answer_when_idle(right_part);
  // Rows of the left side win, NaN among them.
  if (node.name == "or") return left == IdleAnswer::Nothing ? right : left;
  if (node.name == "unless") return left;
  if (node.name == "and") return right == IdleAnswer::Nothing ? right : left;
  if (left == IdleAnswer::Nothing || right == IdleAnswer::Nothing) return IdleAnswer::Nothing;
  if (node.is_filter()) {
    if (drops_zero(node)) return IdleAnswer::Nothing;
    const bool keeps_nan = node.name == "!=";
    return is_number(left) && is_number(right) ? IdleAnswer::Number
           : keeps_nan                         ? left
                                               : IdleAnswer::Nothing;
  }
  if (!is_number(left) || !is_number(right)) return IdleAnswer::NotANumber;
  return is_idle_division(node) ? IdleAnswer::NotANumber : IdleAnswer::Number;
}

}  // namespace

bool is_idle_division(const PromqlNode& node) {
  return node.is_binary("/") && is_idle_zero(node.parts[1]) && is_idle_zero(node.parts[0]);
}

IdleAnswer answer_when_idle(const PromqlNode& node) {
  if (node.kind == Kind::Binary) return of_binary(node);
  if (node.is_call("histogram_quantile") && node.parts.size() == 2 &&
      mentions_flow(node.parts[1])) {
    return IdleAnswer::NotANumber;
  }
  for (const PromqlNode& part : node.parts) {
    const IdleAnswer answer = answer_when_idle(part);
    if (!is_number(answer)) return answer;
  }
  return IdleAnswer::Number;
}

}  // namespace evalscaler::checks
