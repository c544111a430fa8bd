// SPDX-License-Identifier: Apache-2.0
// Which labels the rows of a PromQL expression carry. Pure.
//
// A selector's rows have whatever labels the exporter gave them; an aggregation leaves those it
// groups by. Where it cannot be told from the expression, a label counts as present.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "checks/promql_tree.hpp"

namespace evalscaler::checks {

struct RowLabels {
  // Open: all that the series have but `names`. Closed: exactly `names`.
  enum class Kind { Open, Closed } kind = Kind::Open;
  std::set<std::string, std::less<>> names;

  bool may_have(std::string_view label) const {
    return names.contains(label) == (kind == Kind::Closed);
  }
};

RowLabels labels_of(const PromqlNode& node);

}  // namespace evalscaler::checks
