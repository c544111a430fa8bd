// SPDX-License-Identifier: Apache-2.0
// EvaluationService (evalscaler.io/v1alpha1) as plain structs, with the schema's defaults.
//
// crds/evalscaler.io_evaluationservices.yaml is the same thing for the API server; a golden
// test holds the two together. Durations are seconds, thresholds finite numbers.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/target_blocks.hpp"
#include "api/target_observation.hpp"
#include "core/object_key.hpp"
#include "core/quantity.hpp"
#include "core/result.hpp"

namespace evalscaler::api {

inline constexpr const char* kGroup = "evalscaler.io";
inline constexpr const char* kVersion = "v1alpha1";
inline constexpr const char* kKind = "EvaluationService";
inline constexpr const char* kPlural = "evaluationservices";
inline constexpr const char* kFieldManager = "evalscaler";
inline constexpr const char* kPausedAnnotation = "evalscaler.io/paused";

enum class ServiceType {
  EvaluationEngine,
  DataManager,
  Orchestrator,
  CacheManager,
  MetricsCollector
};
enum class Mode { Auto, DryRun, Paused };
enum class Worse { Higher, Lower };             // which way a metric is bad
enum class OnUnavailable { HoldDown, Ignore };  // does a reading that is not fresh veto downs
enum class CooldownKind { PerDirection, Shared };
enum class MetricTargetType { Value, AverageValue, Utilization };
enum class ScalingPolicyType { Pods, Percent };
enum class SelectPolicy { Max, Min, Disabled };

struct ScaleTargetRef {
  std::string api_version = "apps/v1";
  std::string kind = "Deployment";
  std::string name;
  bool operator==(const ScaleTargetRef&) const = default;
};

struct ThresholdMetric {
  std::string name;
  std::string query;  // own PromQL; empty = the catalogue's
  std::optional<Quantity> scale_up;
  std::optional<Quantity> scale_down;
  Worse worse = Worse::Higher;
  OnUnavailable on_unavailable = OnUnavailable::HoldDown;
  std::optional<bool> proportional;  // empty = the catalogue's
  bool operator==(const ThresholdMetric&) const = default;
};

struct ScaleUpRule {
  Replicas step = 1;
  std::chrono::seconds cooldown{300};
  Quantity trigger_score{0};
  bool proportional_step = false;
  std::optional<Replicas> max_step;
  // How long new replicas may take to become ready before the next step goes without them.
  std::chrono::seconds ready{120};
  bool operator==(const ScaleUpRule&) const = default;
};

struct ScaleDownRule {
  Replicas step = 1;
  std::chrono::seconds cooldown{300};
  Quantity quorum{0.7};
  bool allow_while_high = false;
  bool operator==(const ScaleDownRule&) const = default;
};

struct ThresholdPolicy {
  std::vector<ThresholdMetric> metrics;
  ScaleUpRule scale_up;
  ScaleDownRule scale_down;
  CooldownKind cooldown = CooldownKind::PerDirection;
  bool operator==(const ThresholdPolicy&) const = default;
};

// Value and Utilization compare the metric as it is, AverageValue its total per replica.
struct MetricTarget {
  MetricTargetType type = MetricTargetType::Value;
  Quantity value;
  bool operator==(const MetricTarget&) const = default;
};

struct TrackedMetric {
  std::string name;
  std::string query;  // own PromQL; empty = the catalogue's
  MetricTarget target;
  OnUnavailable on_unavailable = OnUnavailable::HoldDown;
  bool operator==(const TrackedMetric&) const = default;
};

struct TargetTracking {
  std::vector<TrackedMetric> metrics;
  Quantity tolerance{0.1};  // both directions; behavior may say otherwise
  bool operator==(const TargetTracking&) const = default;
};

struct ScalingPolicy {
  ScalingPolicyType type = ScalingPolicyType::Pods;
  Replicas value = 0;  // pods, or percent of what there was when the period began
  std::chrono::seconds period{0};
  bool operator==(const ScalingPolicy&) const = default;
};

// One direction of `behavior`, HPA v2's HPAScalingRules. What is left out has HPA's default,
// which differs per direction (scaling/behavior.hpp).
struct ScalingRules {
  std::optional<std::chrono::seconds> stabilization_window;
  SelectPolicy select_policy = SelectPolicy::Max;
  std::vector<ScalingPolicy> policies;
  std::optional<Quantity> tolerance;
  bool operator==(const ScalingRules&) const = default;
};

struct Behavior {
  ScalingRules scale_up;
  ScalingRules scale_down;
  bool operator==(const Behavior&) const = default;
};

// Only ever raises: at least so many replicas once no reading has been fresh for so long.
struct Fallback {
  Replicas replicas = 0;
  std::chrono::seconds after{300};
  bool operator==(const Fallback&) const = default;
};

struct Tier {
  std::string name;
  ScaleTargetRef target;
  std::string metric_identity;  // empty = the target's name
  Replicas min_replicas = 1;
  Replicas max_replicas = 0;
  // What its target needs, if anything; a StatefulSet needs one of them.
  std::optional<StatefulSetBlock> stateful_set;
  std::optional<RedisClusterBlock> redis_cluster;
  // Exactly one policy.
  std::optional<ThresholdPolicy> threshold;
  std::optional<TargetTracking> target_tracking;
  std::optional<Behavior> behavior;
  std::optional<Fallback> fallback;
  bool operator==(const Tier&) const = default;

  const std::string& identity() const {
    return metric_identity.empty() ? target.name : metric_identity;
  }
};

struct ServiceSpec {
  ServiceType type = ServiceType::EvaluationEngine;
  Mode mode = Mode::Auto;
  std::chrono::seconds interval{15};
  std::string prometheus = "default";
  std::vector<Tier> tiers;
  bool operator==(const ServiceSpec&) const = default;
};

// What any policy says of one of its metrics. Borrows from the tier.
struct MetricDemand {
  std::string_view name;
  std::string_view query;  // empty = the catalogue's
  OnUnavailable on_unavailable = OnUnavailable::HoldDown;
  Worse worse = Worse::Higher;
  bool wants_total = false;          // not divided by replicas, whatever the catalogue says
  std::optional<bool> proportional;  // empty = the catalogue's
};

// One per metric of the tier's policy, in its order; readings have the same order.
std::vector<MetricDemand> metric_demands(const ThresholdPolicy& policy);
std::vector<MetricDemand> metric_demands(const TargetTracking& policy);
std::vector<MetricDemand> metric_demands(const Tier& tier);
// The same one by one, without a list.
std::size_t metric_count(const Tier& tier);
MetricDemand metric_demand(const Tier& tier, std::size_t index);  // index < metric_count(tier)

// One thing that is wrong with a spec: `field` is its path ("spec.tiers[0].minReplicas").
struct FieldProblem {
  std::string field;
  std::string message;  // what is wrong and what would be right
  std::string fix;      // the smallest change, as it would be typed; empty if there is none
  bool operator==(const FieldProblem&) const = default;

  std::string text() const { return field + ": " + message; }
};

// Everything the schema refuses, for files and for an API server that has another schema;
// empty if the spec can be acted on. Which kinds of targets exist is their registry's
// business and not judged here.
std::vector<FieldProblem> validate(const ServiceSpec& spec);

}  // namespace evalscaler::api
