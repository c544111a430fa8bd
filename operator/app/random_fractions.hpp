// SPDX-License-Identifier: Apache-2.0
// random_fractions: a generator of [0, 1) of its own for everybody who asks, so that no two
// threads share state.
#pragma once

#include <functional>
#include <random>

namespace evalscaler::app {

inline std::function<double()> random_fractions() {
  std::mt19937_64 engine{std::random_device{}()};
  return [engine]() mutable { return std::uniform_real_distribution<double>(0, 1)(engine); };
}

}  // namespace evalscaler::app
