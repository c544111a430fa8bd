// SPDX-License-Identifier: Apache-2.0
// Evidence: whether what a process was told of a target's metrics allows a change of its size,
// worked out from the answers themselves and without the operator's code.
#pragma once

#include <string>
#include <vector>

#include "simulation/simulated_prometheus.hpp"

namespace evalscaler::simulation {

class Evidence {
 public:
  // An answer counts for `max_age`.
  Evidence(SimulatedPrometheus& prometheus, ObjectKey target, Nanos max_age)
      : prometheus_(prometheus), target_(std::move(target)), max_age_(max_age) {}

  // Every answer is good and young as of now; else what is not.
  std::string not_good(SteadyTime now);

  // Each is judged as of the visit's begin and as of the write; one of them has to hold, since
  // the readings are looked up somewhere in between. `ready`: the pods a total may have been
  // divided by.
  bool may_grow(const TierSettings& tier, const std::vector<std::int64_t>& ready, SteadyTime began,
                SteadyTime sent);
  // Empty: it may; else why not.
  std::string may_not_shrink(const TierSettings& tier, const std::vector<std::int64_t>& ready,
                             SteadyTime began, SteadyTime sent);

 private:
  // The newest answer as of `time`, or null.
  const Told* newest(Question question, SteadyTime time);
  bool beyond(const TierSettings& tier, const std::vector<std::int64_t>& ready, SteadyTime time);
  std::string obstacle(const TierSettings& tier, const std::vector<std::int64_t>& ready,
                       SteadyTime time);

  SimulatedPrometheus& prometheus_;
  ObjectKey target_;
  Nanos max_age_;
};

}  // namespace evalscaler::simulation
