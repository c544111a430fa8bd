// SPDX-License-Identifier: Apache-2.0
#include "checks/flap_proof.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "checks/nice_number.hpp"

namespace evalscaler::checks {
namespace {

// As in a decision: 35 x 2 / 1 is 70, whatever the rounding.
constexpr double kRounding = 1e-9;

double moved(double value, Replicas from, Replicas to) {
  if (to > 0) return value * from / to;
  return value > 0 ? std::numeric_limits<double>::infinity() : 0;
}

bool is_last_step_to_zero(const Band& band, Replicas from, Replicas to) {
  return from == 1 && to == 0 && band.guard == FlapGuard::On;
}

// The step down in which a value grows most. N / max(N - step, min) grows up to N = min + step
// and falls behind it; with min 0 the first one behind it is the finite one.
double largest_growth(const Band& band) {
  double largest = 1;
  const std::int64_t last = std::int64_t{band.min} + band.down_step + 1;
  for (std::int64_t n = band.min + 1; n <= std::min<std::int64_t>(last, band.max); ++n) {
    const auto from = static_cast<Replicas>(n);
    const Replicas to = std::max(from - band.down_step, band.min);
    if (!is_last_step_to_zero(band, from, to)) largest = std::max(largest, moved(1, from, to));
  }
  return largest;
}

// The step up in which a value shrinks most: the first one, since N / (N + step) grows with N.
FlapBreak first_step_up(const Band& band) {
  const Replicas from = std::max(band.min, 1);
  const auto to = static_cast<Replicas>(
      std::min<std::int64_t>(std::int64_t{from} + band.up_step, std::max(band.max, from)));
  return {from, to, moved(band.up, from, to)};
}

bool is_sound(const Band& band) {
  return band.down < band.up && !first_down_break(band) && !first_up_break(band);
}

template <typename Broken>
std::optional<Replicas> smaller_step(Band band, Replicas Band::*step, Broken broken) {
  while (--(band.*step) >= 1) {
    if (!broken(band)) return band.*step;
  }
  return std::nullopt;
}

}  // namespace

std::optional<FlapBreak> first_down_break(const Band& band) {
  const std::int64_t last = std::int64_t{band.min} + band.down_step + 1;
  for (std::int64_t n = band.min + 1; n <= std::min<std::int64_t>(last, band.max); ++n) {
    const auto from = static_cast<Replicas>(n);
    const Replicas to = std::max(from - band.down_step, band.min);
    if (is_last_step_to_zero(band, from, to)) continue;
    const double after = moved(band.down, from, to);
    if (after * (1 - kRounding) > band.up) return FlapBreak{from, to, after};
  }
  return std::nullopt;
}

std::optional<FlapBreak> first_up_break(const Band& band) {
  const FlapBreak step = first_step_up(band);
  if (step.from == step.to || step.after * (1 + kRounding) >= band.down) return std::nullopt;
  return step;
}

FlapMends mends_of(const Band& band) {
  FlapMends mends;
  const FlapBreak step = first_step_up(band);
  const double widest = std::max(largest_growth(band), static_cast<double>(step.to) / step.from);
  Band changed = band;
  if (std::isfinite(widest)) {
    changed.down = nice_below(band.up / widest);
    if (changed.down > 0 && is_sound(changed)) mends.down = changed.down;
    changed = band;
    changed.up = nice_above(band.down * widest);
    if (is_sound(changed)) mends.up = changed.up;
  }
  if (first_down_break(band)) {
    mends.down_step = smaller_step(band, &Band::down_step,
                                   [](const Band& b) { return first_down_break(b).has_value(); });
  }
  if (first_up_break(band)) {
    mends.up_step = smaller_step(band, &Band::up_step,
                                 [](const Band& b) { return first_up_break(b).has_value(); });
  }
  return mends;
}

}  // namespace evalscaler::checks
