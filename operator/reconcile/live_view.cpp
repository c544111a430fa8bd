// SPDX-License-Identifier: Apache-2.0
#include "reconcile/live_view.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "reconcile/decision_records.hpp"
#include "reconcile/last_applied.hpp"
#include "reconcile/observer.hpp"
#include "reconcile/status_report.hpp"
#include "scaling/outlook.hpp"

namespace evalscaler::reconcile {
namespace {

// What is copied while no visit may run.
struct Remembered {
  std::map<std::string, TierMemory> tiers;
  std::optional<SteadyTime> next_visit;
};

Error not_yet(const ObjectKey& key, const std::string& what) {
  return fail(ErrorKind::Unavailable, "service " + key.text() + ": " + what);
}

Result<Remembered> copy_of(ServiceMemory& memory, const ServiceObject& service, Clock& clock,
                           const std::stop_token& stop) {
  const ObjectKey& key = service.meta.key;
  if (!memory.turn.take_before(clock.steady() + kPatienceForVisit, clock, stop)) {
    return not_yet(key, "a visit is under way and waits for the API server");
  }
  const TurnHolder turn(memory.turn);
  if (memory.generation != service.meta.generation) {
    return not_yet(key, "the latest edit of the spec has not been looked at yet");
  }
  return Remembered{memory.tiers, memory.next_visit};
}

api::MetricExplanation metric_of(const api::Tier& tier, std::size_t index,
                                 const api::MetricDemand& demand, Reading reading, WallTime now) {
  api::MetricExplanation out;
  out.name = demand.name;
  out.worse = demand.worse;
  if (tier.threshold) {
    const api::ThresholdMetric& metric = tier.threshold->metrics[index];
    if (metric.scale_up) out.up = metric.scale_up->value;
    if (metric.scale_down) out.down = metric.scale_down->value;
  } else if (tier.target_tracking) {
    out.target = tier.target_tracking->metrics[index].target;
  }
  if (reading.sample_time) {
    const auto age = std::chrono::floor<std::chrono::seconds>(now - *reading.sample_time);
    out.age = std::max<std::int64_t>(age.count(), 0);
  }
  out.reading = std::move(reading);
  return out;
}

// The evaluation's inputs, brought up to the present.
void bring_up(scaling::TierInputs& inputs, const TierMemory& memory, const ServiceObject& service,
              WallTime now) {
  inputs.now = now;
  inputs.mode = service.spec.mode;
  inputs.cold_start = false;  // it was the first evaluation, if any, that only observed
  inputs.target.spec_replicas = memory.last_seen.value_or(inputs.target.spec_replicas);
  inputs.target.ready_replicas = memory.ready_seen.value_or(inputs.target.ready_replicas);
  inputs.history = later_of(inputs.history, memory.own);
  inputs.scale_events = memory.engine.scale_events;
  inputs.recommendations = memory.engine.recommendations;
  inputs.guards.contest = memory.contest;
}

}  // namespace

Result<api::ServiceExplanation> LiveView::explain(const ObjectKey& key,
                                                  const std::stop_token& stop) const {
  const auto service = services_.find(key);
  if (service == nullptr) {
    return fail(ErrorKind::NotFound,
                "service " + key.text() + ": this operator does not look after it");
  }
  const auto memory = memory_.find(key);
  if (memory == nullptr) return not_yet(key, "not looked at yet");
  auto remembered = copy_of(*memory, *service, clock_, stop);
  if (!remembered) return std::move(remembered).error();

  api::ServiceExplanation out;
  out.key = key;
  out.generation = service->meta.generation;
  out.as_of = clock_.wall();
  if (remembered->next_visit) {
    const auto left =
        std::chrono::ceil<std::chrono::seconds>(*remembered->next_visit - clock_.steady());
    out.next_visit = std::max<std::int64_t>(left.count(), 0);
  }
  for (const api::Tier& tier : service->spec.tiers) {
    out.tiers.push_back(
        explain_tier(*service, tier, std::move(remembered->tiers[tier.name]), out.as_of));
  }
  return out;
}

api::TierExplanation LiveView::explain_tier(const ServiceObject& service, const api::Tier& tier,
                                            TierMemory memory, WallTime now) const {
  api::TierExplanation out;
  out.name = tier.name;
  out.target = tier.target.kind + " " + tier.target.name;
  out.min_replicas = tier.min_replicas;
  out.max_replicas = tier.max_replicas;
  out.current = memory.last_seen;
  out.ready = memory.ready_seen;
  out.plan = memory.plan.shown;
  if (!memory.evaluation) {
    out.problem = "not evaluated yet; the conditions say what it waits for";
    return out;
  }
  scaling::TierInputs& inputs = memory.inputs;
  bring_up(inputs, memory, service, now);
  inputs.tier = &tier;
  inputs.readings.clear();
  const auto demands = api::metric_demands(tier);
  for (std::size_t i = 0; i < demands.size(); ++i) {
    const auto use = use_of(service, tier, demands[i]);
    inputs.readings.push_back(readings_.read(use, inputs.target, now));
    out.metrics.push_back(metric_of(tier, i, demands[i], inputs.readings.back(), now));
    out.metrics.back().unit = readings_.unit(use);
  }
  const scaling::Decision& decision = memory.evaluation->decision;
  const bool stands = decision.to != decision.from && out.current == decision.from;
  out.desired = stands ? decision.to : out.current;
  out.last_decision = record_of(*memory.evaluation, tier.name);
  out.fresh_streak = inputs.fresh_streak;
  out.fresh_streak_needed = scaling::kFreshStreakForDown;
  scaling::look_ahead(inputs, out);
  return out;
}

}  // namespace evalscaler::reconcile
