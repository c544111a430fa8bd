// SPDX-License-Identifier: Apache-2.0
#include "cli/explanation_text.hpp"

#include <algorithm>

#include "api/enum_text.hpp"
#include "cli/decision_text.hpp"
#include "cli/table.hpp"
#include "core/quantity.hpp"
#include "core/text.hpp"
#include "core/time_text.hpp"
#include "scaling/situation.hpp"

namespace evalscaler::cli {
namespace {

std::string since(WallTime from, WallTime to) {
  const auto passed = std::chrono::floor<std::chrono::seconds>(to - from);
  return duration_text(std::max(passed, std::chrono::seconds(0)));
}

std::string limit(const std::optional<double>& value, api::Worse direction) {
  if (!value) return "-";
  return (direction == api::Worse::Higher ? "> " : "< ") + short_number(*value);
}

api::Worse other(api::Worse worse) {
  return worse == api::Worse::Higher ? api::Worse::Lower : api::Worse::Higher;
}

Tone tone_of(const api::MetricExplanation& metric) {
  if (!metric.reading.fresh()) return Tone::Bad;
  api::ThresholdMetric thresholds;
  thresholds.worse = metric.worse;
  if (metric.up) thresholds.scale_up = Quantity{*metric.up};
  return scaling::is_beyond(thresholds, metric.reading.value) ? Tone::Warning : Tone::Plain;
}

Cell state_of(const api::MetricExplanation& metric) {
  std::string text(api::to_text(metric.reading.state));
  if (metric.reading.partial) text += ", partial";
  if (metric.age) text += ", " + duration_text(std::chrono::seconds(*metric.age)) + " old";
  if (!metric.reading.why.empty()) text += ": " + one_line(metric.reading.why);
  return {text, metric.reading.fresh_enough_to_shrink() ? Tone::Plain : Tone::Bad};
}

std::string value_of(const api::MetricExplanation& metric) {
  return metric.reading.fresh() ? short_number(metric.reading.value) : "-";
}

std::string unit_of(const api::MetricExplanation& metric) {
  return metric.unit.empty() ? "-" : one_line(metric.unit);
}

std::string readings_text(const api::TierExplanation& tier, const Paint& paint) {
  const bool tracked = std::any_of(tier.metrics.begin(), tier.metrics.end(),
                                   [](const auto& metric) { return metric.target.has_value(); });
  Table table(
      tracked ? std::vector<std::string>{"READING", "VALUE", "UNIT", "TARGET", "KIND", "STATE"}
              : std::vector<std::string>{"READING", "VALUE", "UNIT", "UP AT", "DOWN AT", "STATE"});
  for (const api::MetricExplanation& metric : tier.metrics) {
    if (tracked) {
      const api::MetricTarget target = metric.target.value_or(api::MetricTarget{});
      table.add({{one_line(metric.name)},
                 {value_of(metric)},
                 {unit_of(metric)},
                 {short_number(target.value.value)},
                 {std::string(api::to_text(target.type))},
                 state_of(metric)});
    } else {
      table.add({{one_line(metric.name)},
                 {value_of(metric), tone_of(metric)},
                 {unit_of(metric)},
                 {limit(metric.up, metric.worse)},
                 {limit(metric.down, other(metric.worse))},
                 state_of(metric)});
    }
  }
  return table.text(paint, 2);
}

std::string decision_text(const api::TierExplanation& tier, WallTime as_of, const Paint& paint) {
  if (!tier.last_decision) return "  no decision yet\n";
  const api::DecisionRecord& decision = *tier.last_decision;
  std::string text = "  decided " + since(decision.time, as_of) +
                     " ago: " + change_text(decision.from, decision.to) + "  " +
                     one_line(decision.reason);
  if (decision.from != decision.to && !decision.applied) text += " (not applied)";
  text += "\n  " + paint(Tone::Strong, one_line(decision.message)) + "\n";
  return text + steps_text(decision.steps, paint);
}

std::string way_text(const api::WayOut& way, const Paint& paint) {
  std::string text;
  if (!way.needs.empty()) text += "  " + one_line(way.needs) + "\n";
  for (const api::Obstacle& each : way.obstacles) {
    text += "    " + paint(Tone::Warning, "but " + one_line(each.reason)) + ": " +
            one_line(each.message) + "\n";
  }
  return text;
}

std::string room_text(const api::RateRoom& room, std::string_view direction, WallTime as_of) {
  std::string text = std::string(direction) + " to " + std::to_string(room.to) + " at most now";
  if (room.more_at) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(*room.more_at - as_of);
    text += ", further in " + duration_text(std::max(left, std::chrono::seconds(0)));
  }
  return text;
}

std::string behavior_text(const api::TierExplanation& tier, WallTime as_of) {
  std::vector<std::string> parts;
  if (tier.up.room) parts.push_back(room_text(*tier.up.room, "up", as_of));
  if (tier.down.room) parts.push_back(room_text(*tier.down.room, "down", as_of));
  return parts.empty() ? std::string() : "  behavior: " + join(parts, "; ") + "\n";
}

std::string streak_text(const api::TierExplanation& tier) {
  if (!tier.fresh_streak || *tier.fresh_streak >= tier.fresh_streak_needed) return {};
  return "  fresh evaluations in a row: " + std::to_string(*tier.fresh_streak) + " of the " +
         std::to_string(tier.fresh_streak_needed) + " that a scale-down needs\n";
}

// Slots, and what of it is known besides.
std::string progress_text(const api::PlanProgress& progress) {
  if (progress.slots_total == 0) return {};
  std::string text = ", " + std::to_string(progress.slots_moved) + " of " +
                     std::to_string(progress.slots_total) + " slots moved";
  if (progress.keys_moved > 0) {
    text += " (" + std::to_string(progress.keys_moved) + " keys, " +
            short_number(static_cast<double>(progress.bytes_moved) / 1e6) + " MB)";
  }
  if (progress.slots_per_second) {
    text += ", " + std::to_string(*progress.slots_per_second) + " slots/s";
  }
  if (progress.eta_seconds) {
    text += ", " + duration_text(std::chrono::seconds(*progress.eta_seconds)) + " left";
  }
  return text;
}

std::string plan_text(const api::TierExplanation& tier, WallTime as_of, const Paint& paint) {
  if (!tier.plan) return {};
  const api::PlanStatus& plan = *tier.plan;
  std::string text = "  plan " + std::to_string(plan.from) + " -> " + std::to_string(plan.to) +
                     ": " + paint(Tone::Strong, one_line(plan.phase)) +
                     progress_text(plan.progress);
  if (plan.started) text += ", begun " + since(*plan.started, as_of) + " ago";
  text += "\n";
  const std::string message = one_line(plan.message);
  if (!plan.reason.empty()) {
    return text + "    " + paint(Tone::Warning, one_line(plan.reason)) + ": " + message + "\n";
  }
  return message.empty() ? text : text + "    " + message + "\n";
}

}  // namespace

std::string tier_text(const api::TierExplanation& tier, WallTime as_of, const Paint& paint) {
  std::string text = "\n" + paint(Tone::Strong, "tier " + one_line(tier.name)) + ": " +
                     one_line(tier.target) + ", " + std::to_string(tier.min_replicas) + ".." +
                     std::to_string(tier.max_replicas) + " replicas";
  if (tier.current) {
    text += ", has " + std::to_string(*tier.current) + " (" +
            std::to_string(tier.ready.value_or(0)) + " ready)";
  }
  text += "\n";
  text += plan_text(tier, as_of, paint);
  if (!tier.problem.empty()) return text + "  " + one_line(tier.problem) + "\n";
  text += readings_text(tier, paint) + decision_text(tier, as_of, paint);
  text += way_text(tier.up, paint) + way_text(tier.down, paint);
  text += behavior_text(tier, as_of) + streak_text(tier);
  if (!tier.cooldown.empty()) text += "  " + one_line(tier.cooldown) + "\n";
  return text;
}

}  // namespace evalscaler::cli
