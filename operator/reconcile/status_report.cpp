// SPDX-License-Identifier: Apache-2.0
#include "reconcile/status_report.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "core/text.hpp"
#include "reconcile/decision_records.hpp"
#include "reconcile/status_conditions.hpp"
#include "scaling/behavior.hpp"

namespace evalscaler::reconcile {
namespace {

constexpr std::chrono::hours kLongVeto{1};

WallTime whole_seconds(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}

std::optional<WallTime> whole_seconds(const std::optional<WallTime>& time) {
  return time ? std::optional(whole_seconds(*time)) : std::nullopt;
}

std::vector<api::MetricStatus> in_whole_seconds(std::vector<api::MetricStatus> metrics) {
  for (api::MetricStatus& metric : metrics) metric.sample_time = whole_seconds(metric.sample_time);
  return metrics;
}

// The replicas the target is asked for once this visit is over.
api::Replicas asked_for(const TierReport& tier, const api::TierStatus& old) {
  return tier.visit->seen ? tier.visit->seen->spec_replicas : old.current;
}

// Rounded up: what is remembered may hold a moment longer, never shorter.
template <typename T>
std::vector<T> in_later_seconds(std::vector<T> list) {
  for (T& entry : list) entry.time = std::chrono::ceil<std::chrono::seconds>(entry.time);
  return list;
}

void remember_engine(const scaling::EvaluationMemory& engine, api::TierStatus& out) {
  out.scale_events =
      in_later_seconds(scaling::shortened(engine.scale_events, api::kMaxScaleEvents));
  out.recommendations =
      in_later_seconds(scaling::shortened(engine.recommendations, api::kMaxRecommendations));
  out.vetoed_since = whole_seconds(engine.vetoed_since);
}

api::TierStatus make_tier(const TierReport& tier, const api::ServiceStatus& old_status) {
  const std::string& name = tier.visit->tier->name;
  const api::TierStatus* known = find_tier(old_status, name);
  api::TierStatus out = known != nullptr ? *known : api::TierStatus{};
  out.name = name;
  out.current = asked_for(tier, out);
  if (tier.visit->seen) {
    out.ready = tier.visit->seen->ready_replicas;
    out.last_scale_up = whole_seconds(tier.visit->last_applied.recording.last_scale_up);
    out.last_scale_down = whole_seconds(tier.visit->last_applied.recording.last_scale_down);
  }
  if (tier.engine != nullptr) remember_engine(*tier.engine, out);
  if (tier.contest != nullptr) out.contest = *tier.contest;
  if (tier.plan != nullptr && tier.plan->knows_status) out.plan = tier.plan->shown;
  if (tier.evaluation == nullptr) {
    out.desired = out.current;
    return out;
  }
  const scaling::Decision& decision = tier.evaluation->decision;
  const bool stands = decision.direction() != scaling::Direction::Hold &&
                      out.current == decision.from;  // decided, but not (yet) done
  out.desired = stands ? decision.to : out.current;
  out.metrics = in_whole_seconds(tier.evaluation->metrics);
  out.last_decision = record_of(*tier.evaluation, name);
  return out;
}

std::string summary(const std::vector<api::TierStatus>& tiers) {
  std::vector<std::string> parts;
  parts.reserve(tiers.size());
  for (const api::TierStatus& tier : tiers) {
    parts.push_back(tier.name + " " + std::to_string(tier.ready) + "/" +
                    std::to_string(tier.desired) + (tier.plan ? " " + tier.plan->phase : ""));
  }
  return join(parts, ", ");
}

std::vector<api::DecisionRecord> recent(const ReportInputs& in) {
  std::vector<api::DecisionRecord> out = in.old->recent_decisions;
  out.insert(out.end(), in.unwritten.begin(), in.unwritten.end());
  const std::size_t surplus = out.size() - std::min(out.size(), kRecentDecisions);
  out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(surplus));
  return out;
}

}  // namespace

api::ServiceStatus make_status(const ReportInputs& in) {
  api::ServiceStatus out;
  out.observed_generation = in.visit->service->meta.generation;
  if (in.visit->spec_problem.empty()) {
    for (const TierReport& tier : in.tiers) out.tiers.push_back(make_tier(tier, *in.old));
  } else {
    out.tiers = in.old->tiers;  // their cooldowns outlive a mistake in the spec
  }
  out.summary = summary(out.tiers);
  out.recent_decisions = recent(in);
  out.conditions = make_conditions(in, out.tiers);
  return out;
}

bool vetoed_for_long(const api::TierStatus& tier) {
  return tier.vetoed_since && tier.last_decision &&
         tier.last_decision->time - *tier.vetoed_since >= kLongVeto;
}

const api::TierStatus* find_tier(const api::ServiceStatus& status, const std::string& name) {
  for (const api::TierStatus& tier : status.tiers) {
    if (tier.name == name) return &tier;
  }
  return nullptr;
}

}  // namespace evalscaler::reconcile
