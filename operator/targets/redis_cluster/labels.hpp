// SPDX-License-Identifier: Apache-2.0
// Labels and the selectors over them, as far as workloads and budgets use them.
#pragma once

#include <map>
#include <string>

#include "core/result.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::targets {

using Labels = std::map<std::string, std::string>;

struct Selector {
  Labels match_labels;
  bool has_expressions = false;  // not evaluated here
};

Result<Labels> read_labels(wire::JsonCursor& object);
Result<Selector> read_selector(wire::JsonCursor& object);

// Whether all of the selector's labels are there. Expressions can only narrow it down further.
bool may_select(const Selector& selector, const Labels& labels);

// As a labelSelector parameter: "a=b,c=d".
std::string to_query(const Labels& labels);

}  // namespace evalscaler::targets
