// SPDX-License-Identifier: Apache-2.0
// Checks a property with rapidcheck from a fixed seed: a run that passes passes again.
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <sstream>

namespace evalscaler {

inline void check(const char* claim, int times, void (*property)()) {
  rc::detail::TestParams params;
  params.seed = 20260101;
  params.maxSuccess = times;
  const rc::detail::TestMetadata metadata{claim, claim};
  const auto result = rc::detail::checkTestable(property, metadata, params);
  if (!result.template is<rc::detail::SuccessResult>()) {
    std::ostringstream text;
    rc::detail::printResultMessage(result, text);
    ADD_FAILURE() << text.str();
  }
}

}  // namespace evalscaler
