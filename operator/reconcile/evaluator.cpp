// SPDX-License-Identifier: Apache-2.0
#include "reconcile/evaluator.hpp"

#include <utility>

#include "reconcile/observer.hpp"
#include "reconcile/operator_limit.hpp"
#include "reconcile/status_report.hpp"
#include "scaling/situation.hpp"

namespace evalscaler::reconcile {
namespace {

api::MetricStatus status_of(const api::ThresholdMetric& metric, const Reading& reading) {
  api::MetricStatus out;
  out.name = metric.name;
  out.state = reading.state;
  if (reading.fresh()) out.value = reading.value;
  out.sample_time = reading.sample_time;
  out.why = reading.why;
  return out;
}

void count(TierMemory& memory, std::uint64_t round, const api::Tier& tier,
           const std::vector<Reading>& readings) {
  if (memory.first_round == 0) memory.first_round = round;
  if (memory.counted_round == round) return;
  memory.counted_round = round;
  memory.fresh_streak = scaling::keeps_fresh_streak(tier, readings) ? memory.fresh_streak + 1 : 0;
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
  for (const api::ThresholdMetric& metric : tier.tier->threshold->metrics) {
    const auto use = use_of(*visit.service, *tier.tier, metric);
    inputs.readings.push_back(readings_.read(use, inputs.target, visit.wall));
    inputs.proportional.push_back(metric.proportional.value_or(readings_.proportional(use)));
    out.metrics.push_back(status_of(metric, inputs.readings.back()));
    if (auto problem = readings_.problem(use); !problem.empty()) {
      out.metric_problems.push_back(std::move(problem));
    }
  }
  count(memory, visit.round, *tier.tier, inputs.readings);
  inputs.history = tier.last_applied.deciding;
  inputs.fresh_streak = memory.fresh_streak;
  const bool goes_on = relieves_ && relieves_() && was_evaluated(tier, *visit.service);
  inputs.cold_start = memory.first_round == visit.round && !goes_on;
  inputs.now = visit.wall;
  out.decision = limited(scaling::decide(inputs), *tier.tier, limit_);
  return out;
}

}  // namespace evalscaler::reconcile
