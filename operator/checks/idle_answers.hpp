// SPDX-License-Identifier: Apache-2.0
// What a PromQL expression answers for a service without any traffic. Pure.
//
// Rates are 0 then, and 0/0 is NaN; so is a quantile of an empty histogram. A comparison filters
// NaN out and leaves nothing; what stands behind `or` answers then. Where the text does not
// prove anything, the answer is taken to be a number.
#pragma once

#include "checks/promql_tree.hpp"

namespace evalscaler::checks {

enum class IdleAnswer { Number, Nothing, NotANumber };
IdleAnswer answer_when_idle(const PromqlNode& node);

// A division by a rate that nothing keeps from being 0.
bool is_idle_division(const PromqlNode& node);

}  // namespace evalscaler::checks
