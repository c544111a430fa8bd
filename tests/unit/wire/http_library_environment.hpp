// SPDX-License-Identifier: Apache-2.0
// Starts the HTTP library as main does, before the first test of the program.
#pragma once

#include <gtest/gtest.h>

#include "wire/cpprest_http.hpp"

namespace evalscaler::wire {

class HttpLibraryEnvironment final : public ::testing::Environment {
 public:
  void SetUp() override {
    static const bool once = [] {
      initialize_http(2);
      return true;
    }();
    static_cast<void>(once);
  }
};

inline const ::testing::Environment* const kHttpLibrary =
    ::testing::AddGlobalTestEnvironment(new HttpLibraryEnvironment);

}  // namespace evalscaler::wire
