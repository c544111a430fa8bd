// SPDX-License-Identifier: Apache-2.0
// StatefulSetFacts: what a plan has to know of the StatefulSet, from the same pass as its view of
// the nodes.
#pragma once

#include <optional>
#include <string>

namespace evalscaler::redis {

struct StatefulSetFacts {
  std::string uid;
  int replicas = 0;                        // asked for
  bool updating = false;                   // a rolling update is under way
  std::optional<int> disruptions_allowed;  // by its PodDisruptionBudget; none = no budget
  std::string owner;  // kind and name of a controller that owns it; empty = none
};

}  // namespace evalscaler::redis
