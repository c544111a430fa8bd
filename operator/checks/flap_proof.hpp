// SPDX-License-Identifier: Apache-2.0
// Flap proof: no constant load makes a tier step down and at once wish to step up, or the
// other way round. Pure.
//
// For a metric that is L/n (load-proportional, higher is worse), with D below U: for every N in
// (min, max] and N' = max(N - step, min), D x N/N' stays <= U; for every N in [min, max) and
// N' = min(N + step, max), U x N/N' stays >= D. proportionalStep changes nothing: just above U
// it takes the plain step, and the more load there is, the nearer to U it lands. A metric of
// which lower values are worse moves the other way and cannot break either rule.
//
// From one replica to none D x N/N' is infinite. The decision's own guard lets that step happen
// only without any load, which is what going to zero means: it breaks the proof only where
// allowWhileHigh has switched the guard off.
#pragma once

#include <optional>

#include "api/evaluation_service.hpp"

namespace evalscaler::checks {

using api::Replicas;

enum class FlapGuard { On, Off };  // Off: scaleDown.allowWhileHigh

struct Band {
  double up = 0;    // scaleUpThreshold
  double down = 0;  // scaleDownThreshold
  Replicas min = 1;
  Replicas max = 1;
  Replicas up_step = 1;
  Replicas down_step = 1;
  FlapGuard guard = FlapGuard::On;
};

struct FlapBreak {
  Replicas from = 0;
  Replicas to = 0;
  double after = 0;  // what reads the threshold before the step reads this after it
};

// The first N that breaks the rule for steps down (up).
std::optional<FlapBreak> first_down_break(const Band& band);
std::optional<FlapBreak> first_up_break(const Band& band);

// Single changes that mend what is broken, those that can be made.
struct FlapMends {
  std::optional<double> down;         // scaleDownThreshold; mends both directions
  std::optional<double> up;           // scaleUpThreshold; mends both directions
  std::optional<Replicas> down_step;  // mends steps down only
  std::optional<Replicas> up_step;    // mends steps up only
};
FlapMends mends_of(const Band& band);

}  // namespace evalscaler::checks
