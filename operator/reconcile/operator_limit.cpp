// SPDX-License-Identifier: Apache-2.0
#include "reconcile/operator_limit.hpp"

#include <algorithm>
#include <string>

namespace evalscaler::reconcile {

scaling::Decision limited(scaling::Decision decision, const api::Tier& tier, api::Replicas limit) {
  if (decision.to <= limit || decision.direction() != scaling::Direction::Up) return decision;
  const api::Replicas to = std::max(decision.from, limit);
  const std::string message = std::to_string(decision.to) +
                              " is above what this operator is allowed to ask for "
                              "(--max-replicas-limit " +
                              std::to_string(limit) + ")";
  decision.steps.push_back(
      {"operatorLimit", decision.to, to, std::string(kMaxReplicasLimit), message});
  decision.message =
      tier.name +
      (to == decision.from ? " holds at " + std::to_string(to)
                           : " " + std::to_string(decision.from) + " -> " + std::to_string(to)) +
      ": " + message;
  decision.to = to;
  decision.reason = kMaxReplicasLimit;
  return decision;
}

}  // namespace evalscaler::reconcile
