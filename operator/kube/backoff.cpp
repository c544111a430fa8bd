// SPDX-License-Identifier: Apache-2.0
#include "kube/backoff.hpp"

#include <algorithm>
#include <utility>

namespace evalscaler::kube {
namespace {

constexpr std::chrono::milliseconds kFirst{800};
constexpr std::chrono::milliseconds kLongest{30'000};
constexpr std::chrono::minutes kHealthy{2};

}  // namespace

Backoff::Backoff(const Clock& clock, std::function<double()> random)
    : clock_(clock), random_(std::move(random)), delay_(kFirst) {}

std::chrono::milliseconds Backoff::next(std::optional<std::chrono::seconds> at_least) {
  const SteadyTime now = clock_.steady();
  if (last_ && now - *last_ > kHealthy) delay_ = kFirst;
  last_ = now;
  const std::chrono::duration<double, std::milli> jittered = delay_ * (1.0 + random_());
  delay_ = std::min(delay_ * 2, kLongest);
  const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(jittered);
  return at_least ? std::max(wait, std::chrono::milliseconds(*at_least)) : wait;
}

}  // namespace evalscaler::kube
