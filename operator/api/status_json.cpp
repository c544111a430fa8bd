// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstddef>

#include "api/service_json.hpp"
#include "api/status_fields.hpp"
#include "core/text.hpp"
#include "core/time_text.hpp"

namespace evalscaler::api {

namespace {

using wire::JsonWriter;

// Below the schema's limits: a status that is too long would be refused, and lost, whole.
constexpr std::size_t kMaxReason = 256;
constexpr std::size_t kMaxMessage = 1024;
constexpr std::size_t kMaxSteps = 32;
constexpr std::size_t kMaxRecent = 10;
constexpr std::size_t kMaxManager = 128;
constexpr std::size_t kMaxReversals = 10;

void write_time(JsonWriter& out, std::string_view name, const std::optional<WallTime>& time) {
  if (time) out.member(name, time_text(*time));
}

void write_why(JsonWriter& out, std::string_view reason, std::string_view message) {
  out.member("reason", one_line(reason, kMaxReason));
  out.member("message", one_line(message, kMaxMessage));
}

void write(JsonWriter& out, const Condition& condition) {
  out.begin_object();
  out.member("type", condition.type);
  out.member("status", to_text(condition.status));
  write_why(out, condition.reason, condition.message);
  out.member("observedGeneration", condition.observed_generation);
  write_time(out, "lastTransitionTime", condition.last_transition);
  out.end_object();
}

void write(JsonWriter& out, const MetricStatus& metric) {
  out.begin_object();
  out.member("name", metric.name);
  out.member("state", to_text(metric.state));
  if (metric.value && std::isfinite(*metric.value)) {
    out.member("value", number_text(*metric.value));
  }
  write_time(out, "sampleTime", metric.sample_time);
  out.member_if_set("message", one_line(metric.why, kMaxMessage));
  out.end_object();
}

void write(JsonWriter& out, const Step& step) {
  out.begin_object();
  out.member("stage", one_line(step.stage, kMaxReason));
  out.member("from", step.from);
  out.member("to", step.to);
  write_why(out, step.reason, step.message);
  out.end_object();
}

void write(JsonWriter& out, const DecisionRecord& decision) {
  out.begin_object();
  out.member_if_set("tier", decision.tier);
  write_time(out, "time", decision.time);
  out.member("from", decision.from);
  out.member("to", decision.to);
  out.member("applied", decision.applied);
  write_why(out, decision.reason, decision.message);
  out.key("steps").begin_array();
  const std::size_t count = std::min(decision.steps.size(), kMaxSteps);
  for (std::size_t i = 0; i < count; ++i) write(out, decision.steps[i]);
  out.end_array();
  out.end_object();
}

void write(JsonWriter& out, const ScaleEvent& event) {
  out.begin_object();
  write_time(out, "time", event.time);
  out.member("change", event.change);
  out.end_object();
}

void write(JsonWriter& out, const Recommendation& recommendation) {
  out.begin_object();
  write_time(out, "time", recommendation.time);
  out.member("replicas", recommendation.replicas);
  out.end_object();
}

void write(JsonWriter& out, WallTime time) {
  out.value(time_text(time));
}

// The newest `most` of a list; an empty list is left out: tiers are replaced as a whole.
template <typename T>
void write_newest(JsonWriter& out, std::string_view name, const std::vector<T>& list,
                  std::size_t most) {
  if (list.empty()) return;
  out.key(name).begin_array();
  for (std::size_t i = list.size() - std::min(list.size(), most); i < list.size(); ++i) {
    write(out, list[i]);
  }
  out.end_array();
}

void write(JsonWriter& out, const Contest& contest) {
  out.begin_object();
  out.member_if_set("manager", one_line(contest.manager, kMaxManager));
  write_newest(out, "reversals", contest.reversals, kMaxReversals);
  write_time(out, "since", contest.since);
  out.end_object();
}

void write_count(JsonWriter& out, std::string_view name, std::optional<std::int64_t> count) {
  if (count) out.member(name, *count);
}

void write(JsonWriter& out, const PlanProgress& progress) {
  out.begin_object();
  out.member("slotsMoved", progress.slots_moved);
  out.member("slotsTotal", progress.slots_total);
  out.member("keysMoved", progress.keys_moved);
  out.member("bytesMoved", progress.bytes_moved);
  write_count(out, "slotsPerSecond", progress.slots_per_second);
  write_count(out, "etaSeconds", progress.eta_seconds);
  out.end_object();
}

// A journal is whole or not there: half of one would be worse than none.
void write(JsonWriter& out, const PlanStatus& plan) {
  out.begin_object();
  out.member("id", plan.id);
  out.member("phase", plan.phase);
  out.member("from", plan.from);
  out.member("to", plan.to);
  write_time(out, "startedAt", plan.started);
  out.member_if_set("reason", one_line(plan.reason, kMaxReason));
  out.member_if_set("message", one_line(plan.message, kMaxMessage));
  out.key("progress");
  write(out, plan.progress);
  if (plan.journal.size() <= kMaxJournal) out.member_if_set("journal", plan.journal);
  out.end_object();
}

void write(JsonWriter& out, const TierStatus& tier) {
  out.begin_object();
  out.member("name", tier.name);
  out.member("current", tier.current);
  out.member("ready", tier.ready);
  out.member("desired", tier.desired);
  write_time(out, "lastScaleUpTime", tier.last_scale_up);
  write_time(out, "lastScaleDownTime", tier.last_scale_down);
  out.key("metrics").begin_array();
  for (const MetricStatus& metric : tier.metrics) write(out, metric);
  out.end_array();
  if (tier.last_decision) {
    DecisionRecord decision = *tier.last_decision;
    decision.tier.clear();  // it stands inside its tier
    out.key("lastDecision");
    write(out, decision);
  }
  write_newest(out, "scaleEvents", tier.scale_events, kMaxScaleEvents);
  write_newest(out, "recommendations", tier.recommendations, kMaxRecommendations);
  if (tier.contest) {
    out.key("contest");
    write(out, *tier.contest);
  }
  write_time(out, "vetoedSince", tier.vetoed_since);
  if (tier.plan) {
    out.key("plan");
    write(out, *tier.plan);
  }
  out.end_object();
}

// optional orders "never" before every time.
std::optional<WallTime> last_scale(const ServiceStatus& status) {
  std::optional<WallTime> last;
  for (const TierStatus& tier : status.tiers) {
    last = std::max({last, tier.last_scale_up, tier.last_scale_down});
  }
  return last;
}

}  // namespace

Result<ServiceStatus> read_status(wire::JsonCursor& status) {
  ServiceStatus out;
  EVALSCALER_TRY(read_value(status, UnknownFields::Ignore, out));
  for (TierStatus& tier : out.tiers) {
    if (tier.last_decision) tier.last_decision->tier = tier.name;
  }
  return out;
}

void write_plan(JsonWriter& out, const PlanStatus& plan) {
  write(out, plan);
}

void write_status(JsonWriter& out, const ServiceStatus& status) {
  out.begin_object();
  out.member("observedGeneration", status.observed_generation);
  out.member("summary", one_line(status.summary, kMaxMessage));
  write_time(out, "lastScaleTime", last_scale(status));
  out.key("conditions").begin_array();
  for (const Condition& condition : status.conditions) write(out, condition);
  out.end_array();
  out.key("tiers").begin_array();
  for (const TierStatus& tier : status.tiers) write(out, tier);
  out.end_array();
  out.key("recentDecisions").begin_array();
  const std::size_t count = status.recent_decisions.size();
  for (std::size_t i = count - std::min(count, kMaxRecent); i < count; ++i) {
    write(out, status.recent_decisions[i]);
  }
  out.end_array();
  out.end_object();
}

}  // namespace evalscaler::api
