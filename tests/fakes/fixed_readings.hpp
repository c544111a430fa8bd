// SPDX-License-Identifier: Apache-2.0
// FixedReadings: a ReadingSource that says what a test told it, and remembers what it was
// asked to watch. Every metric is known unless the test says otherwise.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/guarded.hpp"
#include "prometheus/reading_source.hpp"

namespace evalscaler::fakes {

class FixedReadings final : public prometheus::ReadingSource {
 public:
  struct Demand {
    std::vector<prometheus::MetricUse> uses;
    std::chrono::seconds interval{0};
    int times = 0;
  };

  void set(const std::string& metric, Reading reading) {
    state_.with([&](State& state) { state.readings[metric] = std::move(reading); });
  }
  void set(const std::string& metric, double value) { set(metric, Reading::fresh_value(value)); }
  void make_unknown(const std::string& metric, const std::string& problem) {
    state_.with([&](State& state) { state.problems[metric] = problem; });
  }
  // One more round of polls is complete.
  void complete_round() {
    state_.with([](State& state) { ++state.rounds; });
  }
  Demand demanded(const ObjectKey& service) const {
    return state_.with([&](const State& state) {
      const auto at = state.demands.find(service);
      return at == state.demands.end() ? Demand{} : at->second;
    });
  }

  void demand(const ObjectKey& service, std::vector<prometheus::MetricUse> uses,
              std::chrono::seconds interval) override {
    state_.with([&](State& state) {
      Demand& demand = state.demands[service];
      demand = {std::move(uses), interval, demand.times + 1};
    });
  }
  void forget(const ObjectKey& service) override {
    state_.with([&](State& state) { state.demands.erase(service); });
  }
  std::uint64_t rounds(const ObjectKey&) const override {
    return state_.with([](const State& state) { return state.rounds; });
  }
  Reading read(const prometheus::MetricUse& use, const api::TargetObservation&,
               WallTime) const override {
    return state_.with([&](const State& state) {
      const auto problem = state.problems.find(use.metric);
      if (problem != state.problems.end()) return Reading::missing(problem->second);
      const auto at = state.readings.find(use.metric);
      return at == state.readings.end() ? Reading::missing("not set") : at->second;
    });
  }
  bool proportional(const prometheus::MetricUse&) const override { return true; }
  std::string problem(const prometheus::MetricUse& use) const override {
    return state_.with([&](const State& state) {
      const auto at = state.problems.find(use.metric);
      return at == state.problems.end() ? std::string() : at->second;
    });
  }

 private:
  struct State {
    std::map<std::string, Reading> readings;
    std::map<std::string, std::string> problems;
    std::map<ObjectKey, Demand> demands;
    std::uint64_t rounds = 0;
  };
  Guarded<State> state_;
};

}  // namespace evalscaler::fakes
