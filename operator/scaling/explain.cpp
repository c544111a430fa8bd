// SPDX-License-Identifier: Apache-2.0
#include "scaling/explain.hpp"

#include <algorithm>
#include <array>

#include "core/quantity.hpp"
#include "core/text.hpp"
#include "core/time_text.hpp"
#include "scaling/cooldown.hpp"
#include "scaling/reasons.hpp"

namespace evalscaler::scaling {
namespace {

// Metrics named in one message; the rest are counted.
constexpr std::size_t kNamed = 3;
constexpr std::size_t kWhyLength = 120;

// " > 70" for the side that is worse, " < 30" for the low side.
std::string side(api::Worse worse, std::string_view strictness, double limit) {
  const std::string_view sign = worse == api::Worse::Higher ? " >" : " <";
  return std::string(sign) + std::string(strictness) + " " + short_number(limit);
}

std::string up_limit(const api::ThresholdMetric& metric) {
  return side(metric.worse, "", metric.scale_up ? metric.scale_up->value : 0);
}

std::string down_limit(const api::ThresholdMetric& metric) {
  const api::Worse other =
      metric.worse == api::Worse::Higher ? api::Worse::Lower : api::Worse::Higher;
  return side(other, "", metric.scale_down ? metric.scale_down->value : 0);
}

// What the metric alone would have to pass for the trigger score to be reached.
std::string trigger_limit(const api::ThresholdMetric& metric, double trigger) {
  const double limit = metric.scale_up ? metric.scale_up->value : 0;
  if (trigger <= 0 || limit <= 0) return up_limit(metric);
  return side(metric.worse, "=",
              metric.worse == api::Worse::Higher ? limit * (1 + trigger) : limit / (1 + trigger));
}

// Metrics with an up threshold, the one nearest to it first, those not fresh last.
std::vector<const MetricView*> by_load(const Situation& situation) {
  std::vector<const MetricView*> order;
  for (const MetricView& view : situation.metrics) {
    if (view.metric->scale_up) order.push_back(&view);
  }
  const auto load = [](const MetricView* view) {
    return view->reading->fresh() ? load_ratio(*view->metric, view->reading->value) : -1.0;
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](const MetricView* a, const MetricView* b) { return load(a) > load(b); });
  return order;
}

std::vector<std::string> still_to_fall(const Situation& situation) {
  std::vector<std::string> parts;
  for (const MetricView& view : situation.metrics) {
    if (!view.votes_down || view.low || view.vetoes_down) continue;
    parts.push_back(view.metric->name + down_limit(*view.metric) + ", " + is_text(*view.reading));
  }
  return parts;
}

bool any_of(std::string_view reason, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), reason) != list.end();
}

// What a hold adds to what its stages said: the way in the direction they did not speak of.
std::vector<std::string> ways_out(const Situation& situation, std::string_view reason) {
  if (any_of(reason, {reasons::kWithinBand, reasons::kNoTrigger, reasons::kWithinTolerance})) {
    return {way_up(situation), way_down(situation), cooldown_text(*situation.inputs)};
  }
  if (reason == reasons::kAtMaximum) return {"raise it to go further"};
  if (any_of(reason, {reasons::kAtMinimum, reasons::kWouldFlap, reasons::kScaleDownVetoed,
                      reasons::kNoReadyReplicas, reasons::kFreshStreakIncomplete,
                      reasons::kRolloutInProgress, reasons::kPopulationDropped,
                      reasons::kScaleDownStabilized, reasons::kScaleDownPaused})) {
    return {way_up(situation)};
  }
  return {};
}

}  // namespace

std::string first_few(const std::vector<std::string>& parts, std::string_view separator) {
  if (parts.size() <= kNamed) return join(parts, separator);
  const std::vector<std::string> named(parts.begin(), parts.begin() + kNamed);
  return join(named, separator) + std::string(separator) + std::to_string(parts.size() - kNamed) +
         " more";
}

std::string is_text(const Reading& reading) {
  return "is " + (reading.fresh() ? short_number(reading.value) : state_text(reading));
}

std::string state_text(const Reading& reading) {
  std::string text(reading.partial && reading.fresh() ? std::string_view("a partial answer")
                                                      : to_text(reading.state));
  if (!reading.why.empty()) text += ": " + one_line(reading.why, kWhyLength);
  return text;
}

// One cause, such as a server that is down, is said once for all the metrics it blinds.
std::vector<std::string> unfresh(const Situation& situation, Unfresh which) {
  std::vector<std::pair<std::string, std::vector<std::string>>> by_state;
  for (const MetricView& view : situation.metrics) {
    if (which == Unfresh::Vetoing ? !view.vetoes_down : view.reading->fresh()) continue;
    const std::string state = state_text(*view.reading);
    const auto known = std::find_if(by_state.begin(), by_state.end(),
                                    [&](const auto& group) { return group.first == state; });
    auto& group =
        known == by_state.end() ? by_state.emplace_back(state, std::vector<std::string>{}) : *known;
    group.second.emplace_back(view.name);
  }
  std::vector<std::string> parts;
  for (const auto& [state, names] : by_state) {
    const std::string verb = names.size() == 1 ? "is " : "are ";
    parts.push_back(first_few(names, ", ") + " " + verb + state);
  }
  return parts;
}

std::string beyond_text(const Situation& situation) {
  std::vector<std::string> parts;
  for (const MetricView* view : by_load(situation)) {
    if (!view->beyond) continue;
    parts.push_back(view->metric->name + " " + short_number(view->reading->value) +
                    up_limit(*view->metric));
  }
  return first_few(parts, ", ") + " (score " + short_number(situation.score.up) + ")";
}

std::string low_text(const Situation& situation) {
  std::vector<std::string> parts;
  for (const MetricView& view : situation.metrics) {
    if (!view.low) continue;
    parts.push_back(view.metric->name + " " + short_number(view.reading->value) +
                    down_limit(*view.metric));
  }
  return std::to_string(situation.low) + " of " + std::to_string(situation.voters) +
         " metrics are low: " + first_few(parts, ", ");
}

std::string flap_text(const Situation& situation, const MetricView& obstacle, Replicas after) {
  const std::string& name = obstacle.metric->name;
  const std::string limit = up_limit(*obstacle.metric);
  const double value = obstacle.reading->value;
  if (obstacle.beyond) {
    return "no scale-down while " + name + " is " + short_number(value) + limit;
  }
  const double projected = value_after(obstacle, situation.current(), after);
  return "at " + std::to_string(after) + " " + name + " would be about " + short_number(projected) +
         limit + ", and it would scale up again";
}

std::string streak_text(const TierInputs& inputs) {
  return "a scale-down needs " + std::to_string(kFreshStreakForDown) +
         " evaluations in a row with every reading fresh, this is number " +
         std::to_string(inputs.fresh_streak);
}

std::string way_up(const Situation& situation) {
  const api::Tier& tier = situation.tier();
  if (situation.current() >= tier.max_replicas) {
    return "up needs a maxReplicas above " + std::to_string(tier.max_replicas);
  }
  if (tier.target_tracking) return tracking_way_up(situation);
  if (situation.up_fires()) return "up is asked for: " + beyond_text(situation);
  const double trigger = tier.threshold ? tier.threshold->scale_up.trigger_score.value : 0;
  if (trigger > 1) return "up can never fire: triggerScore is above 1, the highest score";
  std::vector<std::string> parts;
  for (const MetricView* view : by_load(situation)) {
    parts.push_back(view->metric->name + trigger_limit(*view->metric, trigger) + " (" +
                    is_text(*view->reading) + ")");
  }
  if (parts.empty()) return "up can never fire: no metric has a scaleUpThreshold";
  std::string score;
  if (trigger > 0) {
    score =
        "a score of " + short_number(trigger) + ", is " + short_number(situation.score.up) + ": ";
  }
  return "up needs " + score + first_few(parts, " or ");
}

std::string way_down(const Situation& situation) {
  const api::Tier& tier = situation.tier();
  if (situation.current() <= tier.min_replicas) {
    return "down needs a minReplicas below " + std::to_string(tier.min_replicas);
  }
  if (tier.target_tracking) return tracking_way_down(situation);
  if (situation.voters == 0) {
    return "down can never fire: no metric with a scaleDownThreshold votes";
  }
  if (situation.down_fires()) return "down is asked for: " + low_text(situation);
  const int needed =
      votes_needed(tier.threshold ? tier.threshold->scale_down.quorum.value : 0, situation.voters);
  if (needed > situation.voters) return "down can never fire: quorum is above 1";
  std::string text = "down needs " + std::to_string(needed) + " of " +
                     std::to_string(situation.voters) + " low, has " +
                     std::to_string(situation.low);
  const std::vector<std::string> rest = still_to_fall(situation);
  text += " (needed " + short_number(situation.tier().threshold->scale_down.quorum.value) +
          ", saw " + short_number(situation.score.down);
  if (situation.low < needed && !rest.empty()) text += "; next: " + first_few(rest, "; ");
  text += ")";
  const std::vector<std::string> against = unfresh(situation, Unfresh::Vetoing);
  if (!against.empty()) text += ", and every reading fresh: " + first_few(against, ", ");
  return text;
}

std::string cooldown_text(const TierInputs& inputs) {
  const Cooldown up = cooldown_of(inputs, Direction::Up);
  const Cooldown down = cooldown_of(inputs, Direction::Down);
  std::vector<std::string> waits;
  if (up.blocks(inputs.now)) waits.push_back("up waits " + duration_text(up.left(inputs.now)));
  if (down.blocks(inputs.now)) {
    waits.push_back("down waits " + duration_text(down.left(inputs.now)));
  }
  if (!waits.empty()) return "cooldown: " + join(waits, ", ") + " more";
  if (!down.since) return {};
  const auto ended = up.since ? std::min(up.since_end(inputs.now), down.since_end(inputs.now))
                              : down.since_end(inputs.now);
  return "cooldown ended " + duration_text(ended) + " ago";
}

std::string_view quiet_reason(const Situation& situation) {
  if (situation.tier().target_tracking) return reasons::kWithinTolerance;
  return situation.any_beyond() || situation.low > 0 ? reasons::kNoTrigger : reasons::kWithinBand;
}

std::string explain(const Situation& situation, const Decision& decision) {
  const std::string& tier = situation.tier().name;
  std::vector<std::string> parts;
  for (const api::Step& step : decision.steps) parts.push_back(step.message);
  if (decision.direction() != Direction::Hold) {
    return tier + " " + std::to_string(decision.from) + " -> " + std::to_string(decision.to) +
           ": " + join(parts, "; ");
  }
  for (std::string& way : ways_out(situation, decision.reason)) {
    if (!way.empty()) parts.push_back(std::move(way));
  }
  return tier + " holds at " + std::to_string(decision.to) + ": " + join(parts, "; ");
}

}  // namespace evalscaler::scaling
