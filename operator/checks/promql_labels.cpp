// SPDX-License-Identifier: Apache-2.0
#include "checks/promql_labels.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "checks/promql_tokens.hpp"

namespace evalscaler::checks {
namespace {

using Kind = PromqlNode::Kind;

RowLabels closed() {
  return {RowLabels::Kind::Closed, {}};
}

void add(RowLabels& labels, std::string_view name) {
  if (labels.kind == RowLabels::Kind::Closed) {
    labels.names.emplace(name);
  } else if (const auto found = labels.names.find(name); found != labels.names.end()) {
    labels.names.erase(found);
  }
}

void remove(RowLabels& labels, std::string_view name) {
  if (labels.kind == RowLabels::Kind::Open) {
    labels.names.emplace(name);
  } else if (const auto found = labels.names.find(name); found != labels.names.end()) {
    labels.names.erase(found);
  }
}

RowLabels only(const RowLabels& from, const std::vector<std::string_view>& names) {
  RowLabels out = closed();
  for (const std::string_view name : names) {
    if (from.may_have(name)) out.names.emplace(name);
  }
  return out;
}

// What both have.
RowLabels shared(const RowLabels& a, const RowLabels& b) {
  if (a.kind == RowLabels::Kind::Open && b.kind == RowLabels::Kind::Open) {
    RowLabels out = a;
    out.names.insert(b.names.begin(), b.names.end());
    return out;
  }
  const RowLabels& exact = a.kind == RowLabels::Kind::Closed ? a : b;
  const RowLabels& other = a.kind == RowLabels::Kind::Closed ? b : a;
  RowLabels out = closed();
  for (const std::string& name : exact.names) {
    if (other.may_have(name)) out.names.insert(name);
  }
  return out;
}

bool is_plain(const PromqlNode& node) {
  constexpr std::array<std::string_view, 3> kScalars{"scalar", "time", "pi"};
  if (node.kind == Kind::Unary) return is_plain(node.parts.front());
  // The right side first: chains of operators are deep on the left.
  if (node.kind == Kind::Binary) return is_plain(node.parts[1]) && is_plain(node.parts[0]);
  return node.kind == Kind::Number || node.kind == Kind::Text ||
         (node.kind == Kind::Call &&
          std::find(kScalars.begin(), kScalars.end(), node.name) != kScalars.end());
}

// The argument that has rows; null if there is none.
const PromqlNode* rows_of(const PromqlNode& node) {
  const auto found = std::find_if(node.parts.begin(), node.parts.end(),
                                  [](const PromqlNode& part) { return !is_plain(part); });
  return found == node.parts.end() ? nullptr : &*found;
}

RowLabels of_call(const PromqlNode& node) {
  if (node.name == "vector") return closed();
  // absent(x{a="b"}) carries the labels of its matchers.
  if (node.name == "absent" || node.name == "absent_over_time") return {};
  const PromqlNode* const rows = rows_of(node);
  RowLabels labels = rows == nullptr ? closed() : labels_of(*rows);
  const bool writes = node.name == "label_replace" || node.name == "label_join";
  if (writes && node.parts.size() > 1 && node.parts[1].kind == Kind::Text) {
    add(labels, unquoted(node.parts[1].name));
  }
  if (node.name == "histogram_quantile") remove(labels, "le");
  return labels;
}

RowLabels of_aggregate(const PromqlNode& node) {
  const PromqlNode* const rows = rows_of(node);
  RowLabels labels = rows == nullptr ? closed() : labels_of(*rows);
  constexpr std::array<std::string_view, 4> kChoosers{"topk", "bottomk", "limitk", "limit_ratio"};
  if (std::find(kChoosers.begin(), kChoosers.end(), node.name) != kChoosers.end()) return labels;
  RowLabels out;
  if (node.grouping == PromqlNode::Grouping::Without) {
    out = std::move(labels);
    for (const std::string_view name : node.labels) remove(out, name);
  } else {
    out = only(labels, node.labels);
  }
  if (node.name == "count_values" && node.parts.front().kind == Kind::Text) {
    add(out, unquoted(node.parts.front().name));
  }
  return out;
}

RowLabels of_binary(const PromqlNode& node) {
  const PromqlNode& left = node.parts[0];
  const PromqlNode& right = node.parts[1];
  if (is_plain(left)) return is_plain(right) ? closed() : labels_of(right);
  if (is_plain(right) || node.name == "and" || node.name == "unless") return labels_of(left);
  if (node.name == "or") return shared(labels_of(left), labels_of(right));
  if (node.many != PromqlNode::Many::Neither) {
    RowLabels labels = labels_of(node.many == PromqlNode::Many::Left ? left : right);
    for (const std::string_view name : node.included) add(labels, name);
    return labels;
  }
  RowLabels labels = labels_of(left);
  switch (node.matching) {
    case PromqlNode::Matching::On:
      return only(labels, node.labels);
    case PromqlNode::Matching::Ignoring:
      for (const std::string_view name : node.labels) remove(labels, name);
      return labels;
    case PromqlNode::Matching::None:
      break;
  }
  return labels;
}

}  // namespace

RowLabels labels_of(const PromqlNode& node) {
  switch (node.kind) {
    case Kind::Number:
    case Kind::Text:
      return closed();
    case Kind::Selector:
      return {};
    case Kind::Call:
      return of_call(node);
    case Kind::Aggregate:
      return of_aggregate(node);
    case Kind::Binary:
      return of_binary(node);
    case Kind::Unary:
    case Kind::Subquery:
      return labels_of(node.parts.front());
  }
  return {};
}

}  // namespace evalscaler::checks
