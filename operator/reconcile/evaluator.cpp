// SPDX-License-Identifier: Apache-2.0
#include "reconcile/evaluator.hpp"

#include <utility>

#include "reconcile/observer.hpp"
#include "reconcile/operator_limit.hpp"
#include "reconcile/status_report.hpp"
#include "scaling/evaluation_memory.hpp"
#include "scaling/situation.hpp"

namespace evalscaler::reconcile {
namespace {

api::MetricStatus status_of(std::string_view name, const Reading& reading) {
  api::MetricStatus out;
  out.name = name;
  out.state = reading.state;
  if (reading.fresh()) out.value = reading.value;
  out.sample_time = reading.sample_time;
  out.why = reading.why;
  return out;
}

// Another try at a round begins where the first one began.
void enter_round(TierMemory& memory, std::uint64_t round) {
  if (memory.counted_round == round) {
    memory.engine = memory.engine_before_round;
  } else {
    memory.counted_round = round;
    memory.engine_before_round = memory.engine;
  }
}

// The status shows an evaluation of the spec as it is now.
bool was_evaluated(const TierVisit& tier, const ServiceObject& service) {
  const api::TierStatus* known = find_tier(service.status, tier.tier->name);
  return known != nullptr && !known->metrics.empty() &&
         service.status.observed_generation == service.meta.generation;
}

}  // namespace

Evaluation Evaluator::evaluate(const TierVisit& tier, const ServiceVisit& visit,
                               TierMemory& memory) const {
  Evaluation out;
  out.time = visit.wall;
  scaling::TierInputs inputs;
  inputs.tier = tier.tier;
  inputs.mode = visit.service->spec.mode;
  inputs.target = *tier.seen;  // NOLINT(bugprone-unchecked-optional-access): see the contract
  for (const api::MetricDemand& metric : api::metric_demands(*tier.tier)) {
    const auto use = use_of(*visit.service, *tier.tier, metric);
    inputs.readings.push_back(readings_.read(use, inputs.target, visit.wall));
    inputs.proportional.push_back(metric.proportional.value_or(readings_.proportional(use)));
    out.metrics.push_back(status_of(metric.name, inputs.readings.back()));
    if (auto problem = readings_.problem(use); !problem.empty()) {
      out.metric_problems.push_back(std::move(problem));
    }
  }
  inputs.history = tier.last_applied.deciding;
  inputs.guards.pause = visit.pause;
  inputs.guards.other_autoscaler = tier.other_autoscaler;
  inputs.guards.contest = memory.contest;
  inputs.now = visit.wall;
  enter_round(memory, visit.round);
  scaling::recall(memory.engine, inputs);
  const bool goes_on = relieves_ && relieves_() && was_evaluated(tier, *visit.service);
  inputs.cold_start = inputs.cold_start && !goes_on;
  scaling::Situation situation = scaling::assess(inputs);
  const scaling::Outcome outcome = scaling::decide(situation);
  scaling::note(memory.engine, inputs, outcome);
  out.decision = limited(scaling::in_words(situation, outcome), *tier.tier, limit_);
  inputs.tier = nullptr;  // a part of this visit's service
  memory.inputs = std::move(inputs);
  return out;
}

}  // namespace evalscaler::reconcile
