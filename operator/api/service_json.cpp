// SPDX-License-Identifier: Apache-2.0
#include "api/service_json.hpp"

#include "api/field_reader.hpp"

namespace evalscaler::api {

template <>
inline constexpr std::array<Field<ScaleTargetRef>, 3> kFields<ScaleTargetRef>{{
    {"apiVersion", into<&ScaleTargetRef::api_version>},
    {"kind", into<&ScaleTargetRef::kind>},
    {"name", into<&ScaleTargetRef::name>},
}};

template <>
inline constexpr std::array<Field<ThresholdMetric>, 7> kFields<ThresholdMetric>{{
    {"name", into<&ThresholdMetric::name>},
    {"query", into<&ThresholdMetric::query>},
    {"scaleUpThreshold", into<&ThresholdMetric::scale_up>},
    {"scaleDownThreshold", into<&ThresholdMetric::scale_down>},
    {"worse", into<&ThresholdMetric::worse>},
    {"onUnavailable", into<&ThresholdMetric::on_unavailable>},
    {"proportional", into<&ThresholdMetric::proportional>},
}};

template <>
inline constexpr std::array<Field<ScaleUpRule>, 6> kFields<ScaleUpRule>{{
    {"step", into<&ScaleUpRule::step>},
    {"cooldownSeconds", into<&ScaleUpRule::cooldown>},
    {"triggerScore", into<&ScaleUpRule::trigger_score>},
    {"proportionalStep", into<&ScaleUpRule::proportional_step>},
    {"maxStep", into<&ScaleUpRule::max_step>},
    {"readySeconds", into<&ScaleUpRule::ready>},
}};

template <>
inline constexpr std::array<Field<ScaleDownRule>, 4> kFields<ScaleDownRule>{{
    {"step", into<&ScaleDownRule::step>},
    {"cooldownSeconds", into<&ScaleDownRule::cooldown>},
    {"quorum", into<&ScaleDownRule::quorum>},
    {"allowWhileHigh", into<&ScaleDownRule::allow_while_high>},
}};

template <>
inline constexpr std::array<Field<ThresholdPolicy>, 4> kFields<ThresholdPolicy>{{
    {"metrics", into<&ThresholdPolicy::metrics>},
    {"scaleUp", into<&ThresholdPolicy::scale_up>},
    {"scaleDown", into<&ThresholdPolicy::scale_down>},
    {"cooldown", into<&ThresholdPolicy::cooldown>},
}};

template <>
inline constexpr std::array<Field<MetricTarget>, 2> kFields<MetricTarget>{{
    {"type", into<&MetricTarget::type>},
    {"value", into<&MetricTarget::value>},
}};

template <>
inline constexpr std::array<Field<TrackedMetric>, 4> kFields<TrackedMetric>{{
    {"name", into<&TrackedMetric::name>},
    {"query", into<&TrackedMetric::query>},
    {"target", into<&TrackedMetric::target>},
    {"onUnavailable", into<&TrackedMetric::on_unavailable>},
}};

template <>
inline constexpr std::array<Field<TargetTracking>, 2> kFields<TargetTracking>{{
    {"metrics", into<&TargetTracking::metrics>},
    {"tolerance", into<&TargetTracking::tolerance>},
}};

template <>
inline constexpr std::array<Field<ScalingPolicy>, 3> kFields<ScalingPolicy>{{
    {"type", into<&ScalingPolicy::type>},
    {"value", into<&ScalingPolicy::value>},
    {"periodSeconds", into<&ScalingPolicy::period>},
}};

template <>
inline constexpr std::array<Field<ScalingRules>, 4> kFields<ScalingRules>{{
    {"stabilizationWindowSeconds", into<&ScalingRules::stabilization_window>},
    {"selectPolicy", into<&ScalingRules::select_policy>},
    {"policies", into<&ScalingRules::policies>},
    {"tolerance", into<&ScalingRules::tolerance>},
}};

template <>
inline constexpr std::array<Field<Behavior>, 2> kFields<Behavior>{{
    {"scaleUp", into<&Behavior::scale_up>},
    {"scaleDown", into<&Behavior::scale_down>},
}};

template <>
inline constexpr std::array<Field<Fallback>, 2> kFields<Fallback>{{
    {"replicas", into<&Fallback::replicas>},
    {"afterSeconds", into<&Fallback::after>},
}};

template <>
inline constexpr std::array<Field<StatefulSetBlock>, 1> kFields<StatefulSetBlock>{{
    {"ordinalRemovalIsSafe", into<&StatefulSetBlock::ordinal_removal_is_safe>},
}};

template <>
inline constexpr std::array<Field<SecretKeyRef>, 2> kFields<SecretKeyRef>{{
    {"name", into<&SecretKeyRef::name>},
    {"key", into<&SecretKeyRef::key>},
}};

template <>
inline constexpr std::array<Field<RedisClusterBlock>, 5> kFields<RedisClusterBlock>{{
    {"replicasPerShard", into<&RedisClusterBlock::replicas_per_shard>},
    {"port", into<&RedisClusterBlock::port>},
    {"username", into<&RedisClusterBlock::username>},
    {"passwordSecret", into<&RedisClusterBlock::password_secret>},
    {"maxKeyBytes", into<&RedisClusterBlock::max_key_bytes>},
}};

template <>
inline constexpr std::array<Field<Tier>, 11> kFields<Tier>{{
    {"name", into<&Tier::name>},
    {"scaleTargetRef", into<&Tier::target>},
    {"metricIdentity", into<&Tier::metric_identity>},
    {"minReplicas", into<&Tier::min_replicas>},
    {"maxReplicas", into<&Tier::max_replicas>},
    {"statefulSet", into<&Tier::stateful_set>},
    {"redisCluster", into<&Tier::redis_cluster>},
    {"threshold", into<&Tier::threshold>},
    {"targetTracking", into<&Tier::target_tracking>},
    {"behavior", into<&Tier::behavior>},
    {"fallback", into<&Tier::fallback>},
}};

template <>
inline constexpr std::array<Field<ServiceSpec>, 5> kFields<ServiceSpec>{{
    {"type", into<&ServiceSpec::type>},
    {"mode", into<&ServiceSpec::mode>},
    {"intervalSeconds", into<&ServiceSpec::interval>},
    {"prometheus", into<&ServiceSpec::prometheus>},
    {"tiers", into<&ServiceSpec::tiers>},
}};

Result<ServiceSpec> read_spec(wire::JsonCursor& spec, UnknownFields unknown) {
  ServiceSpec out;
  EVALSCALER_TRY(read_value(spec, unknown, out));
  return out;
}

}  // namespace evalscaler::api
