// SPDX-License-Identifier: Apache-2.0
#include "simulation.hpp"

#include <charconv>
#include <map>

#include "api/enum_text.hpp"
#include "core/quantity.hpp"
#include "scaling/behavior.hpp"

namespace evalscaler::scenarios {
namespace {

Result<api::Replicas> parse_replicas(const Setting& setting) {
  api::Replicas count = 0;
  const char* const last = setting.value.data() + setting.value.size();
  const auto [end, problem] = std::from_chars(setting.value.data(), last, count);
  if (problem == std::errc{} && end == last) return count;
  return fail(ErrorKind::Invalid, setting.word + ": '" + setting.value + "' is not a number");
}

Result<Reading> parse_reading(const std::string& text, WallTime now) {
  constexpr std::string_view kPartial = "partial:";
  if (text == "Missing") return Reading::missing("no series");
  if (text == "Invalid") return Reading::invalid("the value is NaN");
  if (text == "Immature") return Reading::immature("the window is not full yet");
  const bool partial = text.starts_with(kPartial);
  const auto value = parse_quantity(partial ? text.substr(kPartial.size()) : text);
  if (!value) return value.error();
  Reading reading = Reading::fresh_value(value->value, now);
  reading.partial = partial;
  return reading;
}

}  // namespace

Simulation::Simulation(const Scenario& scenario)
    : tier_(scenario.spec.tiers.front()), start_(clock_.wall()) {
  inputs_.tier = &tier_;
  inputs_.mode = scenario.spec.mode;
  inputs_.target.spec_replicas = scenario.replicas;
  inputs_.readings.resize(api::metric_demands(tier_).size());
}

// What status holds comes back.
void Simulation::restart() {
  scaling::EvaluationMemory kept;
  kept.recommendations = scaling::shortened(memory_.recommendations, api::kMaxRecommendations);
  kept.scale_events = scaling::shortened(memory_.scale_events, api::kMaxScaleEvents);
  kept.vetoed_since = memory_.vetoed_since;
  memory_ = std::move(kept);
}

Result<bool> Simulation::set_guard(const Setting& setting) {
  using Which = scaling::Pause::Which;
  scaling::Guards& guards = inputs_.guards;
  if (setting.word == "rollout") {
    const std::map<std::string, api::Rollout> states{{"settled", api::Rollout::Settled},
                                                     {"running", api::Rollout::Running},
                                                     {"paused", api::Rollout::Paused},
                                                     {"stuck", api::Rollout::Stuck}};
    const auto state = states.find(setting.value);
    if (state == states.end()) return fail(ErrorKind::Invalid, "no rollout " + setting.value);
    inputs_.target.rollout = state->second;
  } else if (setting.word == "pause") {
    const std::map<std::string, Which> directions{{"no", Which::Nothing},
                                                  {"yes", Which::Everything},
                                                  {"up", Which::Up},
                                                  {"down", Which::Down}};
    const auto which = directions.find(setting.value);
    if (which == directions.end()) return fail(ErrorKind::Invalid, "no pause " + setting.value);
    guards.pause = {which->second, "the annotation evalscaler.io/paused says so"};
  } else if (setting.word == "owner") {
    inputs_.target.controller_owner = setting.value;
  } else if (setting.word == "other") {
    guards.other_autoscaler = setting.value;
  } else if (setting.word == "contest") {
    guards.contest = api::Contest{setting.value, std::vector<WallTime>(3, start_), start_};
  } else {
    return false;
  }
  return true;
}

Result<void> Simulation::set(const Setting& setting) {
  if (setting.word == "restart") {
    restart();
    return {};
  }
  const auto guard = set_guard(setting);
  if (!guard) return guard.error();
  if (*guard) return {};
  if (setting.word == "ready" && setting.value == "all") {
    ready_.reset();
    return {};
  }
  if (setting.word == "min" || setting.word == "max" || setting.word == "mode") {
    return edit_spec(setting);
  }
  if (setting.word != "replicas" && setting.word != "ready") return set_reading(setting);
  const auto count = parse_replicas(setting);
  if (!count) return count.error();
  if (setting.word == "ready") {
    ready_ = *count;
  } else {
    inputs_.target.spec_replicas = *count;
  }
  return {};
}

Result<void> Simulation::set_reading(const Setting& setting) {
  const auto metrics = api::metric_demands(tier_);
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    if (metrics[i].name != setting.word) continue;
    const auto reading = parse_reading(setting.value, clock_.wall());
    if (!reading) return reading.error();
    inputs_.readings[i] = *reading;
    return {};
  }
  return fail(ErrorKind::Invalid, "no metric or word '" + setting.word + "'");
}

Result<void> Simulation::edit_spec(const Setting& setting) {
  memory_.fresh_streak = 0;
  if (setting.word == "mode") {
    const auto mode = api::from_text<api::Mode>(setting.value);
    if (!mode) return fail(ErrorKind::Invalid, "no mode '" + setting.value + "'");
    inputs_.mode = *mode;
    return {};
  }
  const auto count = parse_replicas(setting);
  if (!count) return count.error();
  (setting.word == "min" ? tier_.min_replicas : tier_.max_replicas) = *count;
  return {};
}

scaling::Decision Simulation::evaluate(std::chrono::milliseconds at) {
  clock_.advance(start_ + at - clock_.wall());
  inputs_.now = clock_.wall();
  inputs_.target.ready_replicas = ready_.value_or(inputs_.target.spec_replicas);
  scaling::recall(memory_, inputs_);
  scaling::Decision decision = scaling::decide(inputs_);
  scaling::note(memory_, inputs_, decision);
  apply(decision);
  return decision;
}

void Simulation::apply(const scaling::Decision& decision) {
  if (decision.direction() == scaling::Direction::Up) inputs_.history.last_scale_up = inputs_.now;
  if (decision.direction() == scaling::Direction::Down) {
    inputs_.history.last_scale_down = inputs_.now;
  }
  if (inputs_.mode != api::Mode::Auto) return;
  if (decision.direction() != scaling::Direction::Hold) {
    scaling::note_applied(memory_, tier_, {inputs_.now, decision.to - decision.from});
  }
  inputs_.target.spec_replicas = decision.to;
}

}  // namespace evalscaler::scenarios
