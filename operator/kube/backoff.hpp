// SPDX-License-Identifier: Apache-2.0
// Backoff: 0.8 s, doubling to 30 s, each up to twice as long by chance; starts over after two
// minutes without trouble (R14). Not thread-safe.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "core/clock.hpp"

namespace evalscaler::kube {

class Backoff {
 public:
  // `random` yields [0, 1).
  Backoff(const Clock& clock, std::function<double()> random);
  // The wait before the next try; at least what the server asked for (R39).
  std::chrono::milliseconds next(std::optional<std::chrono::seconds> at_least = {});

 private:
  const Clock& clock_;
  std::function<double()> random_;
  std::chrono::milliseconds delay_;
  std::optional<SteadyTime> last_;
};

}  // namespace evalscaler::kube
