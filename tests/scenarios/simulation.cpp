// SPDX-License-Identifier: Apache-2.0
#include "simulation.hpp"

#include <charconv>

#include "api/enum_text.hpp"
#include "core/quantity.hpp"
#include "scaling/situation.hpp"

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
  inputs_.readings.resize(tier_.threshold ? tier_.threshold->metrics.size() : 0);
  inputs_.fresh_streak = 0;
  inputs_.cold_start = true;
}

Result<void> Simulation::set(const Setting& setting) {
  if (setting.word == "restart") {
    inputs_.cold_start = true;
    inputs_.fresh_streak = 0;
    return {};
  }
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
  const auto& metrics = tier_.threshold->metrics;  // a validated tier has its policy
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
  inputs_.fresh_streak = 0;
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
  inputs_.fresh_streak =
      scaling::keeps_fresh_streak(tier_, inputs_.readings) ? inputs_.fresh_streak + 1 : 0;
  scaling::Decision decision = scaling::decide(inputs_);
  inputs_.cold_start = false;
  apply(decision);
  return decision;
}

void Simulation::apply(const scaling::Decision& decision) {
  if (decision.direction() == scaling::Direction::Up) inputs_.history.last_scale_up = inputs_.now;
  if (decision.direction() == scaling::Direction::Down) {
    inputs_.history.last_scale_down = inputs_.now;
  }
  if (inputs_.mode == api::Mode::Auto) inputs_.target.spec_replicas = decision.to;
}

}  // namespace evalscaler::scenarios
