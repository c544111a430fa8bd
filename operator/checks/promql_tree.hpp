// SPDX-License-Identifier: Apache-2.0
// PromqlNode: a PromQL expression as a tree, as far as its smells need it. Pure.
//
// Grammar: prometheus promql/parser/generated_parser.y: precedence from or, over and/unless,
// comparisons, + -, * / % atan2, unary signs, to ^. Types are not checked: what the server
// would refuse may have a tree. Parentheses leave no node. Borrows from the query's text.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace evalscaler::checks {

struct PromqlNode {
  enum class Kind { Number, Text, Selector, Call, Aggregate, Binary, Unary, Subquery };
  enum class Grouping { None, By, Without };   // of an aggregate
  enum class Matching { None, On, Ignoring };  // of a binary operator
  enum class Many { Neither, Left, Right };    // group_left, group_right

  Kind kind = Kind::Number;
  std::string_view name;  // metric, function, aggregate or operator; text with quotes; number
  std::vector<PromqlNode> parts;                   // arguments, operands
  std::optional<std::chrono::milliseconds> range;  // [5m]
  Grouping grouping = Grouping::None;
  Matching matching = Matching::None;
  Many many = Many::Neither;
  std::vector<std::string_view> labels;    // of grouping or matching
  std::vector<std::string_view> included;  // of group_left, group_right
  bool as_bool = false;                    // a comparison that answers 0 or 1

  bool is_call(std::string_view function) const { return kind == Kind::Call && name == function; }
  bool is_binary(std::string_view op) const { return kind == Kind::Binary && name == op; }
  // A comparison that lets series through or not.
  bool is_filter() const;
};

// Invalid, naming the byte, for what is no expression, for one nested more than 64 deep and for
// one that is longer than a query may be.
Result<PromqlNode> parse_promql(std::string_view query);

// Calls `see` for the node and everything below it.
template <typename See>
void for_each_node(const PromqlNode& node, See&& see) {
  see(node);
  for (const PromqlNode& part : node.parts) for_each_node(part, see);
}

template <typename Test>
bool any_node(const PromqlNode& node, Test&& test) {
  bool found = false;
  for_each_node(node, [&](const PromqlNode& each) { found = found || test(each); });
  return found;
}

// The longest range any selector or subquery looks back; 0 if none does.
std::chrono::milliseconds longest_range(const PromqlNode& node);

}  // namespace evalscaler::checks
