// SPDX-License-Identifier: Apache-2.0
// HoldOff: which requests the server does not want to see again for a while (Retry-After, R39).
//
// Whoever wants to send one of them meanwhile, for whatever reason, is told how long it still
// has to wait; other requests are not affected. A longer wait replaces a shorter one. At most
// kMostHeld requests are remembered: beyond that the one that ends first is forgotten.
// Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "core/guarded.hpp"

namespace evalscaler::kube {

inline constexpr std::size_t kMostHeld = 1000;

class HoldOff {
 public:
  void hold(const std::string& request, std::chrono::seconds wait, SteadyTime now);

  // Rounded up to whole seconds; nothing if it may be sent.
  std::optional<std::chrono::seconds> left(const std::string& request, SteadyTime now);

 private:
  Guarded<std::map<std::string, SteadyTime>> until_;
};

}  // namespace evalscaler::kube
