// SPDX-License-Identifier: Apache-2.0
// Bounds that are allowed and seldom meant.
#include <algorithm>
#include <string>

#include "checks/checks.hpp"
#include "checks/reasons.hpp"

namespace evalscaler::checks {
namespace {

void check_least(const TierSubject& tier, Report& out) {
  const api::Tier& spec = *tier.tier;
  if (spec.min_replicas == 0) {
    out.warning(tier.field + ".minReplicas", reasons::kScaleToZero,
                "with nobody left a metric per replica is Missing, and one that the pods export "
                "themselves is gone: nothing but a metric from elsewhere starts it again",
                "minReplicas: 1");
  }
  if (spec.min_replicas == 1 && spec.max_replicas > 1) {
    out.warning(tier.field + ".minReplicas", reasons::kOneReplica,
                "1: at rest the end of one pod, a node's drain for instance, is an outage",
                "minReplicas: 2");
  }
}

void check_most(const TierSubject& tier, Report& out) {
  const api::Tier& spec = *tier.tier;
  const Replicas limit = tier.settings->max_replicas_limit;
  if (spec.min_replicas == spec.max_replicas) {
    out.warning(tier.field + ".maxReplicas", reasons::kFixedSize,
                "minReplicas and maxReplicas are both " + std::to_string(spec.max_replicas) +
                    ": there is nothing to scale",
                "maxReplicas: " + std::to_string(spec.max_replicas + 1));
  }
  if (spec.max_replicas > limit) {
    out.warning(tier.field + ".maxReplicas", reasons::kAboveOperatorLimit,
                std::to_string(spec.max_replicas) + " is more than the operator goes to (" +
                    std::to_string(limit) + ")",
                "maxReplicas: " + std::to_string(limit) +
                    ", or start the operator with --max-replicas-limit " +
                    std::to_string(spec.max_replicas));
  }
}

}  // namespace

void check_bounds(const TierSubject& tier, Report& out) {
  check_least(tier, out);
  check_most(tier, out);
  const api::Tier& spec = *tier.tier;
  if (spec.fallback && spec.fallback->replicas <= spec.min_replicas) {
    out.warning(tier.field + ".fallback.replicas", reasons::kFallbackNeverRaises,
                std::to_string(spec.fallback->replicas) + " is not above minReplicas (" +
                    std::to_string(spec.min_replicas) + "), and a fallback only raises",
                "fallback: {replicas: " +
                    std::to_string(std::min(spec.min_replicas + 1, spec.max_replicas)) + "}");
  }
}

}  // namespace evalscaler::checks
