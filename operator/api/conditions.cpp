// SPDX-License-Identifier: Apache-2.0
#include "api/conditions.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace evalscaler::api {

const Condition* find_condition(const std::vector<Condition>& conditions, std::string_view type) {
  const auto at = std::find_if(conditions.begin(), conditions.end(),
                               [&](const Condition& each) { return each.type == type; });
  return at == conditions.end() ? nullptr : &*at;
}

void set_condition(std::vector<Condition>& conditions, Condition wanted, WallTime now) {
  // What is written has whole seconds; anything finer would differ from its own echo.
  wanted.last_transition = std::chrono::floor<std::chrono::seconds>(now);
  for (Condition& old : conditions) {
    if (old.type != wanted.type) continue;
    if (old.status == wanted.status) wanted.last_transition = old.last_transition;
    old = std::move(wanted);
    return;
  }
  conditions.push_back(std::move(wanted));
}

void remove_condition(std::vector<Condition>& conditions, std::string_view type) {
  std::erase_if(conditions, [&](const Condition& each) { return each.type == type; });
}

}  // namespace evalscaler::api
