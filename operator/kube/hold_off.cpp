// SPDX-License-Identifier: Apache-2.0
#include "kube/hold_off.hpp"

#include <algorithm>

namespace evalscaler::kube {

void HoldOff::hold(const std::string& request, std::chrono::seconds wait, SteadyTime now) {
  if (wait <= std::chrono::seconds(0)) return;
  until_.with([&](auto& until) {
    std::erase_if(until, [&](const auto& entry) { return entry.second <= now; });
    if (until.size() >= kMostHeld && !until.contains(request)) {
      until.erase(std::min_element(until.begin(), until.end(), [](const auto& a, const auto& b) {
        return a.second < b.second;
      }));
    }
    SteadyTime& end = until.try_emplace(request, now).first->second;
    end = std::max(end, now + wait);
  });
}

std::optional<std::chrono::seconds> HoldOff::left(const std::string& request, SteadyTime now) {
  return until_.with([&](auto& until) -> std::optional<std::chrono::seconds> {
    const auto at = until.find(request);
    if (at == until.end()) return std::nullopt;
    if (at->second > now) return std::chrono::ceil<std::chrono::seconds>(at->second - now);
    until.erase(at);
    return std::nullopt;
  });
}

}  // namespace evalscaler::kube
