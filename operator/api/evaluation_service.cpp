// SPDX-License-Identifier: Apache-2.0
#include "api/evaluation_service.hpp"

#include <cassert>
#include <cstddef>
#include <utility>

#include "api/problems.hpp"
#include "core/text.hpp"

namespace evalscaler::api {
namespace {

constexpr std::size_t kMaxTiers = 8;
constexpr std::size_t kMaxObjectName = 253;

void check_policy(const Tier& tier, const std::string& field, Problems& out) {
  if (!tier.threshold && !tier.target_tracking) {
    out.add(field + ".threshold", "a tier needs a policy, add threshold or targetTracking");
  }
  if (tier.threshold && tier.target_tracking) {
    out.add(field + ".targetTracking",
            "a tier has one policy, take out threshold or targetTracking");
  }
  if (tier.threshold) check_threshold(*tier.threshold, field + ".threshold", out);
  if (tier.target_tracking) check_tracking(*tier.target_tracking, field + ".targetTracking", out);
  if (tier.behavior) check_behavior(*tier.behavior, field + ".behavior", out);
}

void check_fallback(const Tier& tier, const std::string& field, Problems& out) {
  if (!tier.fallback) return;
  out.whole(field + ".replicas", tier.fallback->replicas, 1, kMaxReplicas);
  out.whole(field + ".afterSeconds", tier.fallback->after.count(), 0, kMaxCooldown);
  if (tier.max_replicas >= 1 && tier.fallback->replicas > tier.max_replicas) {
    out.add(field + ".replicas", "must not be greater than maxReplicas",
            "replicas: " + std::to_string(tier.max_replicas));
  }
}

void check_tier(const Tier& tier, const std::string& field, Problems& out) {
  out.name(field + ".name", tier.name, kMaxName, "-");
  out.name(field + ".scaleTargetRef.name", tier.target.name, kMaxObjectName, "-.");
  out.length(field + ".metricIdentity", tier.metric_identity, kMaxObjectName);
  out.whole(field + ".minReplicas", tier.min_replicas, 0, kMaxReplicas);
  out.whole(field + ".maxReplicas", tier.max_replicas, 1, kMaxReplicas);
  if (tier.max_replicas >= 1 && tier.min_replicas > tier.max_replicas) {
    out.add(field + ".minReplicas",
            "minReplicas must not be greater than maxReplicas (" +
                std::to_string(tier.min_replicas) + " > " + std::to_string(tier.max_replicas) + ")",
            "maxReplicas: " + std::to_string(tier.min_replicas));
  }
  check_target(tier, field, out);
  check_policy(tier, field, out);
  check_fallback(tier, field + ".fallback", out);
}

MetricDemand demand_of(const ThresholdMetric& metric) {
  return {metric.name,  metric.query, metric.on_unavailable,
          metric.worse, false,        metric.proportional};
}

MetricDemand demand_of(const TrackedMetric& metric) {
  const bool total = metric.target.type == MetricTargetType::AverageValue;
  return {metric.name, metric.query, metric.on_unavailable, Worse::Higher, total, std::nullopt};
}

template <typename Metric>
std::vector<MetricDemand> demands_of(const std::vector<Metric>& metrics) {
  std::vector<MetricDemand> out;
  out.reserve(metrics.size());
  for (const Metric& metric : metrics) out.push_back(demand_of(metric));
  return out;
}

}  // namespace

std::vector<MetricDemand> metric_demands(const ThresholdPolicy& policy) {
  return demands_of(policy.metrics);
}

std::vector<MetricDemand> metric_demands(const TargetTracking& policy) {
  return demands_of(policy.metrics);
}

std::vector<MetricDemand> metric_demands(const Tier& tier) {
  if (tier.threshold) return metric_demands(*tier.threshold);
  if (tier.target_tracking) return metric_demands(*tier.target_tracking);
  return {};
}

std::size_t metric_count(const Tier& tier) {
  if (tier.threshold) return tier.threshold->metrics.size();
  return tier.target_tracking ? tier.target_tracking->metrics.size() : 0;
}

MetricDemand metric_demand(const Tier& tier, std::size_t index) {
  assert(index < metric_count(tier));
  return tier.threshold ? demand_of(tier.threshold->metrics[index])
                        : demand_of(tier.target_tracking->metrics[index]);
}

std::vector<FieldProblem> validate(const ServiceSpec& spec) {
  Problems out;
  out.whole("spec.intervalSeconds", spec.interval.count(), 5, 3600);
  out.name("spec.prometheus", spec.prometheus, kMaxName, "-");
  out.count("spec.tiers", spec.tiers.size(), kMaxTiers);
  for (std::size_t i = 0; i < spec.tiers.size(); ++i) {
    const Tier& tier = spec.tiers[i];
    const std::string field = at("spec.tiers", i);
    check_tier(tier, field, out);
    for (std::size_t j = 0; j < i; ++j) {
      const Tier& earlier = spec.tiers[j];
      if (earlier.name == tier.name) {
        out.add(field + ".name", "is the name of an earlier tier, too");
      }
      if (earlier.target == tier.target) {
        out.add(field + ".scaleTargetRef", "tier '" + one_line(earlier.name, 64) +
                                               "' has the same target: a target belongs to one "
                                               "tier, put the metrics of both into it");
      }
    }
  }
  return std::move(out).take();
}

}  // namespace evalscaler::api
