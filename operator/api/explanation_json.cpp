// SPDX-License-Identifier: Apache-2.0
#include "api/explanation_json.hpp"

#include <cmath>

#include "api/field_reader.hpp"
#include "api/service_json.hpp"
#include "core/text.hpp"
#include "core/time_text.hpp"

namespace evalscaler::api {
namespace {

using wire::JsonWriter;

constexpr std::size_t kExplainedText = 512;

void write_text(JsonWriter& out, std::string_view name, std::string_view text) {
  out.member_if_set(name, one_line(text, kExplainedText));
}

void write_time(JsonWriter& out, std::string_view name, const std::optional<WallTime>& time) {
  if (time) out.member(name, time_text(*time));
}

void write_limits(JsonWriter& out, const MetricExplanation& metric) {
  if (metric.target) {
    out.key("target").begin_object();
    out.member("type", to_text(metric.target->type));
    out.member("value", metric.target->value.value).end_object();
    return;
  }
  out.member("scaleUpThreshold", metric.up).member("scaleDownThreshold", metric.down);
  out.member("worse", to_text(metric.worse));
}

void write(JsonWriter& out, const MetricExplanation& metric) {
  const Reading& reading = metric.reading;
  out.begin_object().member("name", metric.name).member("state", to_text(reading.state));
  if (reading.fresh() && std::isfinite(reading.value)) out.member("value", reading.value);
  if (reading.partial) out.member("partial", true);
  write_text(out, "unit", metric.unit);
  write_limits(out, metric);
  out.member("ageSeconds", metric.age);
  write_text(out, "message", reading.why);
  out.end_object();
}

void write(JsonWriter& out, const Step& step) {
  out.begin_object().member("stage", step.stage).member("from", step.from).member("to", step.to);
  out.member("reason", step.reason);
  out.member("message", one_line(step.message, kExplainedText)).end_object();
}

void write(JsonWriter& out, const DecisionRecord& decision) {
  out.begin_object().member("time", time_text(decision.time));
  out.member("from", decision.from).member("to", decision.to);
  out.member("applied", decision.applied).member("reason", decision.reason);
  out.member("message", one_line(decision.message)).key("steps").begin_array();
  for (const Step& step : decision.steps) write(out, step);
  out.end_array().end_object();
}

void write(JsonWriter& out, const Obstacle& obstacle) {
  out.begin_object().member("stage", obstacle.stage).member("reason", obstacle.reason);
  write_text(out, "message", obstacle.message);
  write_time(out, "until", obstacle.until);
  out.end_object();
}

void write(JsonWriter& out, const ScaleEvent& event) {
  out.begin_object().member("time", time_text(event.time)).member("change", event.change);
  out.end_object();
}

void write(JsonWriter& out, const Recommendation& earlier) {
  out.begin_object().member("time", time_text(earlier.time));
  out.member("replicas", earlier.replicas).end_object();
}

template <typename T>
void write_list(JsonWriter& out, std::string_view name, const std::vector<T>& list) {
  out.key(name).begin_array();
  for (const T& each : list) write(out, each);
  out.end_array();
}

// {"up": ..., "down": ...} of what the two ways have in common.
template <typename Write>
void write_both(JsonWriter& out, std::string_view name, const TierExplanation& tier, Write each) {
  out.key(name).begin_object();
  each("up", tier.up);
  each("down", tier.down);
  out.end_object();
}

void write_ways(JsonWriter& out, const TierExplanation& tier) {
  out.key("cooldown").begin_object();
  out.member("upSecondsLeft", tier.up.cooldown_left);
  out.member("downSecondsLeft", tier.down.cooldown_left);
  write_text(out, "message", tier.cooldown);
  out.end_object();
  write_both(out, "needs", tier, [&](std::string_view direction, const WayOut& way) {
    out.member_if_set(direction, one_line(way.needs));
  });
  write_both(out, "score", tier, [&](std::string_view direction, const WayOut& way) {
    if (!way.score) return;
    out.key(direction).begin_object().member("is", way.score->is);
    out.member("needed", way.score->needed).end_object();
  });
  write_both(out, "inTheWay", tier, [&](std::string_view direction, const WayOut& way) {
    write_list(out, direction, way.obstacles);
  });
  write_both(out, "atMost", tier, [&](std::string_view direction, const WayOut& way) {
    if (!way.room) return;
    out.key(direction).begin_object().member("replicas", way.room->to);
    write_time(out, "moreAt", way.room->more_at);
    out.end_object();
  });
}

}  // namespace

void write_tier(JsonWriter& out, const TierExplanation& tier) {
  out.begin_object().member("name", tier.name).member("target", tier.target);
  out.member("minReplicas", tier.min_replicas).member("maxReplicas", tier.max_replicas);
  write_text(out, "problem", tier.problem);
  out.member("current", tier.current).member("ready", tier.ready).member("desired", tier.desired);
  write_list(out, "metrics", tier.metrics);
  if (tier.last_decision) {
    out.key("lastDecision");
    write(out, *tier.last_decision);
  }
  if (tier.fresh_streak) {
    out.key("freshStreak").begin_object().member("is", *tier.fresh_streak);
    out.member("needed", tier.fresh_streak_needed).end_object();
  }
  write_ways(out, tier);
  if (tier.plan) {
    PlanStatus plan = *tier.plan;
    plan.journal.clear();  // for its adapter only
    out.key("plan");
    write_plan(out, plan);
  }
  out.key("remembered").begin_object();
  write_list(out, "scaleEvents", tier.scale_events);
  write_list(out, "recommendations", tier.recommendations);
  out.end_object().end_object();
}

void write_explanation(JsonWriter& out, const ServiceExplanation& service) {
  out.begin_object().member("service", service.key.name).member("namespace", service.key.space);
  out.member("generation", service.generation).member("asOf", time_text(service.as_of));
  out.member("nextVisitSeconds", service.next_visit);
  out.key("tiers").begin_array();
  for (const TierExplanation& tier : service.tiers) write_tier(out, tier);
  out.end_array().end_object();
}

}  // namespace evalscaler::api
