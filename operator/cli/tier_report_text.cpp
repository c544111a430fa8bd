// SPDX-License-Identifier: Apache-2.0
#include "api/enum_text.hpp"
#include "cli/decision_text.hpp"
#include "cli/table.hpp"
#include "cli/tier_report.hpp"
#include "core/quantity.hpp"
#include "core/text.hpp"
#include "core/time_text.hpp"
#include "scaling/situation.hpp"

namespace evalscaler::cli {
namespace {

std::string limit(const std::optional<double>& value, api::Worse direction) {
  if (!value) return "-";
  return (direction == api::Worse::Higher ? "> " : "< ") + short_number(*value);
}

api::Worse other(api::Worse worse) {
  return worse == api::Worse::Higher ? api::Worse::Lower : api::Worse::Higher;
}

Tone tone_of(const MetricReport& metric) {
  if (!metric.reading.fresh()) return Tone::Bad;
  api::ThresholdMetric thresholds;
  thresholds.worse = metric.worse;
  if (metric.up) thresholds.scale_up = Quantity{*metric.up};
  return scaling::is_beyond(thresholds, metric.reading.value) ? Tone::Warning : Tone::Plain;
}

std::string state_of(const MetricReport& metric) {
  std::string text(api::to_text(metric.reading.state));
  if (metric.age) text += ", " + duration_text(*metric.age) + " old";
  if (!metric.reading.why.empty()) text += ": " + one_line(metric.reading.why);
  return text;
}

std::string tracked_text(const TierReport& report, const Paint& paint) {
  Table table({"READING", "VALUE", "UNIT", "TARGET", "KIND", "STATE"});
  for (const MetricReport& metric : report.metrics) {
    const api::MetricTarget target = metric.target.value_or(api::MetricTarget{});
    table.add({{one_line(metric.name)},
               {metric.reading.fresh() ? short_number(metric.reading.value) : "-"},
               {metric.unit.empty() ? "-" : metric.unit},
               {short_number(target.value.value)},
               {std::string(api::to_text(target.type))},
               {state_of(metric), metric.reading.fresh() ? Tone::Plain : Tone::Bad}});
  }
  return table.text(paint, 2);
}

std::string readings_text(const TierReport& report, const Paint& paint) {
  if (report.tier->target_tracking) return tracked_text(report, paint);
  Table table({"READING", "VALUE", "UNIT", "UP AT", "DOWN AT", "STATE"});
  for (const MetricReport& metric : report.metrics) {
    table.add({{one_line(metric.name)},
               {metric.reading.fresh() ? short_number(metric.reading.value) : "-", tone_of(metric)},
               {metric.unit.empty() ? "-" : metric.unit},
               {limit(metric.up, metric.worse)},
               {limit(metric.down, other(metric.worse))},
               {state_of(metric), metric.reading.fresh() ? Tone::Plain : Tone::Bad}});
  }
  return table.text(paint, 2);
}

std::string decision_text(const TierReport& report, const Paint& paint) {
  if (!report.status || !report.status->last_decision) return "  no decision yet\n";
  const api::DecisionRecord& decision = *report.status->last_decision;
  std::string text =
      "  decided " + duration_text(report.decided.value_or(std::chrono::seconds{0})) +
      " ago: " + change_text(decision.from, decision.to) + "  " + one_line(decision.reason);
  if (decision.from != decision.to && !decision.applied) text += " (not applied)";
  text += "\n  " + paint(Tone::Strong, one_line(decision.message)) + "\n";
  return text + steps_text(decision.steps, paint);
}

void write_limits(wire::JsonWriter& out, const MetricReport& metric) {
  if (metric.target) {
    out.key("target").begin_object();
    out.member("type", api::to_text(metric.target->type));
    out.member("value", metric.target->value.value);
    out.end_object();
    return;
  }
  out.member("scaleUpThreshold", metric.up)
      .member("scaleDownThreshold", metric.down)
      .member("worse", api::to_text(metric.worse));
}

void write_metric(wire::JsonWriter& out, const MetricReport& metric) {
  out.begin_object().member("name", metric.name);
  out.member("state", api::to_text(metric.reading.state));
  if (metric.reading.fresh()) out.member("value", metric.reading.value);
  out.member_if_set("unit", metric.unit);
  write_limits(out, metric);
  if (metric.age) out.member("ageSeconds", metric.age->count());
  out.member_if_set("message", metric.reading.why);
  out.end_object();
}

void write_decision(wire::JsonWriter& out, const api::DecisionRecord& decision) {
  out.begin_object()
      .member("time", time_text(decision.time))
      .member("from", decision.from)
      .member("to", decision.to)
      .member("applied", decision.applied)
      .member("reason", decision.reason)
      .member("message", decision.message)
      .key("steps");
  write_steps(out, decision.steps);
  out.end_object();
}

}  // namespace

std::string tier_text(const TierReport& report, const Paint& paint) {
  const api::Tier& tier = *report.tier;
  std::string text = "\n" + paint(Tone::Strong, "tier " + one_line(tier.name)) + ": " +
                     one_line(tier.target.kind) + " " + one_line(tier.target.name) + ", " +
                     std::to_string(tier.min_replicas) + ".." + std::to_string(tier.max_replicas) +
                     " replicas";
  if (!report.status) return text + "\n  the operator has not reported on this tier yet\n";
  text += ", has " + std::to_string(report.status->current) + " (" +
          std::to_string(report.status->ready) + " ready)\n";
  text += readings_text(report, paint) + decision_text(report, paint);
  for (const std::string& line : {report.way_up, report.way_down, report.cooldown}) {
    if (!line.empty()) text += "  " + line + "\n";
  }
  return text;
}

void write_tier(wire::JsonWriter& out, const TierReport& report) {
  const api::Tier& tier = *report.tier;
  out.begin_object().member("name", tier.name);
  out.member("minReplicas", tier.min_replicas).member("maxReplicas", tier.max_replicas);
  if (report.status) {
    out.member("current", report.status->current);
    out.member("ready", report.status->ready);
    out.member("desired", report.status->desired);
  }
  out.key("metrics").begin_array();
  for (const MetricReport& metric : report.metrics) write_metric(out, metric);
  out.end_array();
  if (report.status && report.status->last_decision) {
    out.key("lastDecision");
    write_decision(out, *report.status->last_decision);
  }
  out.key("cooldown")
      .begin_object()
      .member("upSecondsLeft", report.up_waits.count())
      .member("downSecondsLeft", report.down_waits.count())
      .end_object();
  out.key("needs").begin_object();
  out.member_if_set("up", report.way_up).member_if_set("down", report.way_down);
  out.end_object().end_object();
}

}  // namespace evalscaler::cli
