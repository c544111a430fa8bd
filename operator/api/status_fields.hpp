// SPDX-License-Identifier: Apache-2.0
// The fields of a status and of what stands in it, for the decoders of this folder.
#pragma once

#include "api/field_reader.hpp"
#include "api/service_status.hpp"

namespace evalscaler::api {

template <>
inline constexpr std::array<Field<Condition>, 6> kFields<Condition>{{
    {"type", into<&Condition::type>},
    {"status", into<&Condition::status>},
    {"reason", into<&Condition::reason>},
    {"message", into<&Condition::message>},
    {"observedGeneration", into<&Condition::observed_generation>},
    {"lastTransitionTime", into<&Condition::last_transition>},
}};

template <>
inline constexpr std::array<Field<MetricStatus>, 5> kFields<MetricStatus>{{
    {"name", into<&MetricStatus::name>},
    {"state", into<&MetricStatus::state>},
    {"value", into<&MetricStatus::value>},
    {"sampleTime", into<&MetricStatus::sample_time>},
    {"message", into<&MetricStatus::why>},
}};

template <>
inline constexpr std::array<Field<Step>, 5> kFields<Step>{{
    {"stage", into<&Step::stage>},
    {"from", into<&Step::from>},
    {"to", into<&Step::to>},
    {"reason", into<&Step::reason>},
    {"message", into<&Step::message>},
}};

template <>
inline constexpr std::array<Field<DecisionRecord>, 8> kFields<DecisionRecord>{{
    {"tier", into<&DecisionRecord::tier>},
    {"time", into<&DecisionRecord::time>},
    {"from", into<&DecisionRecord::from>},
    {"to", into<&DecisionRecord::to>},
    {"applied", into<&DecisionRecord::applied>},
    {"reason", into<&DecisionRecord::reason>},
    {"message", into<&DecisionRecord::message>},
    {"steps", into<&DecisionRecord::steps>},
}};

template <>
inline constexpr std::array<Field<ScaleEvent>, 2> kFields<ScaleEvent>{{
    {"time", into<&ScaleEvent::time>},
    {"change", into<&ScaleEvent::change>},
}};

template <>
inline constexpr std::array<Field<Recommendation>, 2> kFields<Recommendation>{{
    {"time", into<&Recommendation::time>},
    {"replicas", into<&Recommendation::replicas>},
}};

template <>
inline constexpr std::array<Field<Contest>, 3> kFields<Contest>{{
    {"manager", into<&Contest::manager>},
    {"reversals", into<&Contest::reversals>},
    {"since", into<&Contest::since>},
}};

template <>
inline constexpr std::array<Field<PlanProgress>, 6> kFields<PlanProgress>{{
    {"slotsMoved", into<&PlanProgress::slots_moved>},
    {"slotsTotal", into<&PlanProgress::slots_total>},
    {"keysMoved", into<&PlanProgress::keys_moved>},
    {"bytesMoved", into<&PlanProgress::bytes_moved>},
    {"slotsPerSecond", into<&PlanProgress::slots_per_second>},
    {"etaSeconds", into<&PlanProgress::eta_seconds>},
}};

template <>
inline constexpr std::array<Field<PlanStatus>, 9> kFields<PlanStatus>{{
    {"id", into<&PlanStatus::id>},
    {"phase", into<&PlanStatus::phase>},
    {"from", into<&PlanStatus::from>},
    {"to", into<&PlanStatus::to>},
    {"startedAt", into<&PlanStatus::started>},
    {"reason", into<&PlanStatus::reason>},
    {"message", into<&PlanStatus::message>},
    {"progress", into<&PlanStatus::progress>},
    {"journal", into<&PlanStatus::journal>},
}};

template <>
inline constexpr std::array<Field<TierStatus>, 13> kFields<TierStatus>{{
    {"name", into<&TierStatus::name>},
    {"current", into<&TierStatus::current>},
    {"ready", into<&TierStatus::ready>},
    {"desired", into<&TierStatus::desired>},
    {"lastScaleUpTime", into<&TierStatus::last_scale_up>},
    {"lastScaleDownTime", into<&TierStatus::last_scale_down>},
    {"metrics", into<&TierStatus::metrics>},
    {"lastDecision", into<&TierStatus::last_decision>},
    {"scaleEvents", into<&TierStatus::scale_events>},
    {"recommendations", into<&TierStatus::recommendations>},
    {"contest", into<&TierStatus::contest>},
    {"vetoedSince", into<&TierStatus::vetoed_since>},
    {"plan", into<&TierStatus::plan>},
}};

// lastScaleTime is not read: it is the latest of the tiers' own times.
template <>
inline constexpr std::array<Field<ServiceStatus>, 5> kFields<ServiceStatus>{{
    {"observedGeneration", into<&ServiceStatus::observed_generation>},
    {"summary", into<&ServiceStatus::summary>},
    {"conditions", into<&ServiceStatus::conditions>},
    {"tiers", into<&ServiceStatus::tiers>},
    {"recentDecisions", into<&ServiceStatus::recent_decisions>},
}};

}  // namespace evalscaler::api
