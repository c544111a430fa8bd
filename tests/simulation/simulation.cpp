// SPDX-License-Identifier: Apache-2.0
#include "simulation/simulation.hpp"

#include <algorithm>
#include <utility>

namespace evalscaler::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Requests that wait inside of each other.
constexpr std::size_t kDeepest = 4;
// A run has a few thousand steps; one that has so many runs in a circle.
constexpr std::size_t kMostSteps = 60'000;
// Enough for every cooldown, back-off and silent stream to come to its end.
constexpr seconds kSettle{480};
constexpr seconds kQuiet{90};

}  // namespace

Simulation::Simulation(SeedSettings settings)
    : settings_(std::move(settings)),
      servers_(2, ApiServer(cluster_, clock_)),
      environment_(settings_, clock_, history_, cluster_, servers_, metrics_),
      random_(settings_.seed, "loop") {
  cluster_.listen(oracles_);
  plan_kills();
}

// Whatever the process is at; the kills at its writes are SimulatedApi's.
void Simulation::plan_kills() {
  if (random_.chance(0.5)) return;
  for (int left = random_.between(1, 4); left > 0; --left) {
    environment_.at(clock_.steady() + random_.time(Nanos(0), settings_.faults_last), [this] {
      if (!processes_.empty()) processes_[random_.below(processes_.size())]->kill("at random");
    });
  }
}

World Simulation::world() {
  return {settings_, clock_, history_, cluster_, servers_, metrics_, *this, oracles_};
}

Outcome Simulation::run() {
  Outcome outcome;
  try {
    run_all();
  } catch (const Violation& violation) {
    outcome.violation = violation.what();
    history_.add("oracle", {outcome.violation});
  }
  outcome.history = history_.text();
  outcome.scale_writes = oracles_.scale_writes();
  outcome.status_writes = oracles_.status_writes();
  outcome.restarts = started_ - static_cast<std::size_t>(settings_.operators);
  return outcome;
}

void Simulation::run_all() {
  for (int i = 0; i < settings_.operators; ++i) start_process();
  run_until(clock_.steady() + settings_.faults_last);
  environment_.calm_down();
  run_until(clock_.steady() + kSettle);
  oracles_.has_converged(metrics_);
  const std::size_t writes = oracles_.scale_writes() + oracles_.status_writes();
  const std::size_t asked = requests();
  run_until(clock_.steady() + kQuiet);
  check_quiet(writes, asked);
  oracles_.has_converged(metrics_);
}

void Simulation::check_quiet(std::size_t writes, std::size_t asked) const {
  if (oracles_.scale_writes() + oracles_.status_writes() != writes) {
    throw Violation("something was written though nothing had changed");
  }
  // Queries every ten seconds, the lease every two, now and then a watch.
  const std::size_t now = requests();
  const std::size_t most = 4 * 10 + (settings_.operators > 1 ? 160 : 0) + 10;
  if (now > asked + most) {
    throw Violation(std::to_string(now - asked) + " requests in 90 s in which nothing happened");
  }
}

std::size_t Simulation::requests() const {
  std::size_t sum = 0;
  for (const auto& process : processes_) sum += process->requests();
  return sum;
}

void Simulation::start_process() {
  if (settings_.broken == Broken::StatusIsForgotten && started_ > 0) cluster_.forget_statuses();
  const std::string name = "p" + std::to_string(++started_);
  history_.add("world", {name, "starts"});
  processes_.push_back(std::make_unique<OperatorProcess>(world(), name));
}

void Simulation::pass(Nanos duration, ProcessState& process) {
  if (depth_ < kDeepest && duration.count() > 0) {
    ++depth_;
    try {
      run_until(clock_.steady() + duration);
    } catch (...) {
      --depth_;
      throw;
    }
    --depth_;
  }
  if (process.killed) throw Crash{};
}

void Simulation::later(Nanos after, std::function<void()> what) {
  environment_.at(clock_.steady() + after, std::move(what));
}

bool Simulation::may_freeze(const ProcessState& process) const {
  return std::all_of(processes_.begin(), processes_.end(), [&](const auto& each) {
    return &each->state() == &process || each->state().frames == 0;
  });
}

void Simulation::run_until(SteadyTime end) {
  while (step(end)) {
    bury_the_dead();
    if (++steps_ > kMostSteps) throw Violation("the operator runs in a circle");
  }
  clock_.advance_to(end);
}

bool Simulation::step(SteadyTime end) {
  SteadyTime first = environment_.next_due();
  OperatorProcess* next = nullptr;
  for (const auto& process : processes_) {
    const SteadyTime due = process->next_due();
    if (due < first) {
      first = due;
      next = process.get();
    }
  }
  if (first > end) return false;
  clock_.advance_to(first);
  if (next == nullptr) {
    environment_.act();
  } else {
    next->act();
  }
  return true;
}

void Simulation::bury_the_dead() {
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    if (!processes_[i]->gone()) continue;
    history_.add("world", {processes_[i]->state().name, "is gone"});
    processes_.erase(processes_.begin() + static_cast<std::ptrdiff_t>(i--));
    const Nanos pause = random_.time(milliseconds(100), seconds(15));
    environment_.at(clock_.steady() + pause, [this] { start_process(); });
  }
}

}  // namespace evalscaler::simulation
