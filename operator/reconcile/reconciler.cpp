// SPDX-License-Identifier: Apache-2.0
#include "reconcile/reconciler.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "reconcile/announcements.hpp"
#include "reconcile/decision_records.hpp"
#include "reconcile/live_service.hpp"
#include "reconcile/status_report.hpp"
#include "scaling/pause.hpp"
#include "scaling/reasons.hpp"
#include "telemetry/log.hpp"

namespace evalscaler::reconcile {
namespace {

using scaling::Direction;
using telemetry::Metric;

// How soon to look again while the watch has not shown our own write (its event looks sooner).
constexpr std::chrono::milliseconds kWaitingRecheck{100};
// Between two turns of a plan that has nothing to wait for.
constexpr std::chrono::milliseconds kSoon{1};
// How long a service that is being deleted may be kept for its plan.
constexpr std::chrono::minutes kMostWindDown{10};

// Whether the same decision may be made again from the same readings once the race is over.
bool worth_another_try(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::NotFound:
    case ErrorKind::Conflict:
    case ErrorKind::Expired:
    case ErrorKind::Unavailable:
    case ErrorKind::OutcomeUnknown:
    case ErrorKind::Cancelled:
      return true;
    case ErrorKind::Invalid:
    case ErrorKind::Forbidden:
      return false;
  }
  return false;
}

// Losing a race or being stopped is nothing that a user has to know.
bool is_failure(ErrorKind kind) {
  return kind != ErrorKind::Conflict && kind != ErrorKind::Cancelled;
}

std::string_view result_label(const Result<targets::Replicas>& result) {
  if (result) return "success";
  return result.error().kind == ErrorKind::Conflict ? "conflict" : "error";
}

// A restart observes before it acts; that is no news about a service that was decided on.
const Evaluation* worth_reporting(const TierMemory& memory, const std::string& tier,
                                  const api::ServiceStatus& old, std::int64_t generation) {
  if (!memory.evaluation) return nullptr;
  const api::TierStatus* known = find_tier(old, tier);
  const bool only_observed = memory.evaluation->decision.reason == scaling::reasons::kColdStart &&
                             known != nullptr && known->last_decision &&
                             old.observed_generation == generation;
  return only_observed ? nullptr : &*memory.evaluation;
}

bool holds_plan(const api::TierStatus& tier) {
  return tier.plan && !tier.plan->journal.empty();
}

bool holds_plan(const api::ServiceStatus& status, const std::string& tier) {
  const api::TierStatus* known = find_tier(status, tier);
  return known != nullptr && holds_plan(*known);
}

// In status, or on its way there.
bool any_plan(const api::ServiceStatus& status, const ServiceMemory& memory) {
  return std::any_of(status.tiers.begin(), status.tiers.end(),
                     [](const auto& tier) { return holds_plan(tier); }) ||
         std::any_of(memory.tiers.begin(), memory.tiers.end(),
                     [](const auto& entry) { return entry.second.plan.runs(); });
}

}  // namespace

Reconciler::Reconciler(Surroundings with)
    : with_(std::move(with)),
      observer_(with_.find_target, *with_.readings),
      evaluator_(*with_.readings, with_.max_replicas_limit, with_.relieves),
      status_(*with_.api, *with_.metrics, with_.steady),
      conductor_(*with_.api, *with_.metrics, with_.wall, with_.steady, with_.plan_turns_at_once),
      budget_(with_.max_scale_downs_per_minute) {}

Result<NextVisit> Reconciler::visit(const ObjectKey& key, const Moment& now,
                                    const std::stop_token& stop) {
  const auto service = with_.services->find(key);
  if (service == nullptr || (service->meta.being_deleted && service->finalizers.empty())) {
    leave(key);
    return NextVisit{};
  }
  const auto memory = memory_.recall(key, service->meta.uid);
  memory->turn.take();
  const TurnHolder turn(memory->turn);
  memory->next_visit.reset();

  EVALSCALER_TRY(confirm(*service, *memory, stop));
  if (is_behind(service->meta.resource_version, memory->must_show)) {
    return NextVisit{kWaitingRecheck};
  }

  ServiceVisit visit = observer_.observe(service, *memory, now, stop);
  if (service->meta.being_deleted) return wind_down(visit, *memory, stop);
  look_around(visit);
  decide(visit, *memory);
  const auto acted = act(visit, *memory, stop);
  auto reported = report(visit, *memory, stop);

  if (!acted) return acted.error();
  if (reported && *reported) memory->next_visit = now.steady + **reported;
  return reported;
}

// A process that stood by has filled its caches long ago, and watches may be late: what the last
// leader wrote in the end, a scale's time among it, has to be seen before anything is done.
Result<void> Reconciler::confirm(const ServiceObject& service, ServiceMemory& memory,
                                 const std::stop_token& stop) {
  if (memory.confirmed || !with_.relieves || !with_.relieves()) return {};
  const auto live = get_service(*with_.api, service.meta.key, stop);
  if (!live) return live.error();
  memory.must_show = live->meta.resource_version;
  memory.confirmed = true;
  return {};
}

// Nothing is decided any more; what is half done is finished, and then the service may go.
Result<NextVisit> Reconciler::wind_down(ServiceVisit& visit, ServiceMemory& memory,
                                        const std::stop_token& stop) {
  if (!memory.deleted_since) memory.deleted_since = visit.steady;
  const api::ServiceStatus& status = StatusWriter::present(*visit.service, memory);
  bool runs = !visit.spec_problem.empty() && any_plan(status, memory);
  for (TierVisit& tier : visit.tiers) {
    tier.evaluates = false;
    TierMemory& tier_memory = memory.tiers[tier.tier->name];
    if (tier.target == nullptr || tier.target->planned() == nullptr) continue;
    if (!tier.seen) {
      // Not to see it is no proof that it is gone, and its cluster with it.
      runs = runs || (tier.state != TargetState::NotFound && holds_plan(status, tier.tier->name));
      continue;
    }
    EVALSCALER_TRY(conductor_.conduct(tier, visit, tier_memory, stop));
    runs = runs || tier_memory.plan.runs();
  }
  const bool late = visit.steady - *memory.deleted_since > kMostWindDown;
  if (runs && !late) return report(visit, memory, stop);
  if (runs) {
    telemetry::log_warning("a plan of a deleted service did not come to its end",
                           {{"service", visit.service->meta.key.text()}});
  }
  EVALSCALER_TRY(conductor_.release(*visit.service, stop));
  leave(visit.service->meta.key);
  return NextVisit{};
}

void Reconciler::leave(const ObjectKey& key) {
  with_.readings->forget(key);
  memory_.forget(key);
}

// What else decides whether this service may be acted on.
void Reconciler::look_around(ServiceVisit& visit) const {
  visit.pause = with_.pause.empty()
                    ? scaling::pause_of(visit.service->paused)
                    : scaling::Pause{scaling::Pause::Which::Everything, with_.pause};
  if (!with_.other_autoscaler) return;
  for (TierVisit& tier : visit.tiers) {
    tier.other_autoscaler = with_.other_autoscaler(visit.service->meta.key, *tier.tier);
  }
}

// The last thing before a scale-down is written.
void Reconciler::keep_to_budget(const TierVisit& tier, const ServiceVisit& visit,
                                Evaluation& evaluation) {
  const bool down = evaluation.decision.direction() == Direction::Down;
  if (!down || visit.service->spec.mode != api::Mode::Auto || budget_.take(visit.steady)) return;
  evaluation.decision = budget_.refused(std::move(evaluation.decision), *tier.tier);
}

void Reconciler::decide(ServiceVisit& visit, ServiceMemory& memory) {
  for (const TierVisit& tier : visit.tiers) {
    TierMemory& tier_memory = memory.tiers[tier.tier->name];
    if (tier.evaluates) {
      tier_memory.before =
          std::exchange(tier_memory.evaluation, evaluator_.evaluate(tier, visit, tier_memory));
      keep_to_budget(tier, visit, *tier_memory.evaluation);
      const scaling::Decision& decision = tier_memory.evaluation->decision;
      with_.metrics->add(Metric::Decisions,
                         {tier.tier->target.kind, to_text(decision.direction()), decision.reason});
      for (const api::MetricStatus& metric : tier_memory.evaluation->metrics) {
        with_.metrics->add(Metric::Readings, {to_text(metric.state)});
      }
    } else if (!tier.seen && tier.state != TargetState::Waiting) {
      // A target that comes back is looked at once before anything is done to it.
      TierMemory afresh;
      afresh.last_seen = tier_memory.last_seen;
      afresh.target_uid = std::move(tier_memory.target_uid);
      afresh.own = tier_memory.own;
      tier_memory = std::move(afresh);
    }
  }
}

Result<void> Reconciler::act(ServiceVisit& visit, ServiceMemory& memory,
                             const std::stop_token& stop) {
  Result<void> first_failure;
  const api::ServiceStatus& status = StatusWriter::present(*visit.service, memory);
  for (TierVisit& tier : visit.tiers) {
    TierMemory& tier_memory = memory.tiers[tier.tier->name];
    if (tier.seen && tier.target->planned() != nullptr) {
      const auto conducted = conductor_.conduct(tier, visit, tier_memory, stop);
      if (!conducted && first_failure) first_failure = conducted;
    }
    if (!tier.evaluates) continue;
    const auto scaled = scale(tier, visit, tier_memory, stop);
    if (!scaled && first_failure) first_failure = scaled;
    if (scaled || !worth_another_try(scaled.error().kind)) {
      tier_memory.settled_round = visit.round;
    }
    const Evaluation& evaluation = *tier_memory.evaluation;
    const bool lost_race = !scaled && !evaluation.failure;
    const auto last = last_decision(status, memory.unwritten, tier.tier->name);
    if (!lost_race && is_memorable(evaluation, last, tier_memory.before)) {
      remember(memory.unwritten, record_of(evaluation, tier.tier->name));
    }
  }
  if (first_failure && !any_plan(status, memory)) {
    first_failure = conductor_.release(*visit.service, stop);
  }
  return first_failure;
}

Result<targets::Replicas> Reconciler::write_scale(const TierVisit& tier, targets::Replicas wanted,
                                                  const std::stop_token& stop) {
  const SteadyTime begin = with_.steady ? with_.steady() : SteadyTime{};
  auto asked_for = tier.target->step_towards(tier.target_key, *tier.seen, wanted, stop);
  if (with_.steady) {
    const std::chrono::duration<double> took = with_.steady() - begin;
    with_.metrics->observe(Metric::TargetWriteSeconds, {tier.tier->target.kind}, took.count());
  }
  return asked_for;
}

Result<void> Reconciler::scale(TierVisit& tier, const ServiceVisit& visit, TierMemory& memory,
                               const std::stop_token& stop) {
  Evaluation& evaluation = *memory.evaluation;
  const scaling::Decision& decision = evaluation.decision;
  if (decision.direction() == Direction::Hold) return {};
  const api::Mode mode = visit.service->spec.mode;
  if (mode == api::Mode::Auto) {
    // A plan that was begun for it has not touched the target yet.
    const auto asked_for = memory.plan.runs() ? Result<targets::Replicas>(memory.plan.shown->to)
                                              : write_scale(tier, decision.to, stop);
    with_.metrics->add(Metric::TargetWrites, {tier.tier->target.kind, result_label(asked_for)});
    if (!asked_for) {
      if (is_failure(asked_for.error().kind)) evaluation.failure = asked_for.error();
      return asked_for.error();
    }
    evaluation.applied = true;
    scaling::note_applied(memory.engine, *tier.tier,
                          {visit.wall, *asked_for - tier.seen->spec_replicas});
    tier.seen->spec_replicas = *asked_for;
    memory.last_seen = *asked_for;
  }
  // In DryRun the cooldown starts all the same, so that it shows what Auto would do.
  auto& last =
      decision.direction() == Direction::Up ? memory.own.last_scale_up : memory.own.last_scale_down;
  // A cooldown counts from when the target changed: a write may be on its way for long.
  last = evaluation.applied && with_.wall ? std::max(visit.wall, with_.wall()) : visit.wall;
  tier.last_applied.recording = later_of(tier.last_applied.recording, memory.own);

  const auto said = announce_scale(evaluation, mode);
  if (!said) return {};
  with_.events->record(reference_to(*visit.service), said->type, said->reason, said->action,
                       said->note);
  telemetry::log_info(evaluation.applied ? "scaled" : "would scale",
                      {{"service", visit.service->meta.key.text()},
                       {"tier", tier.tier->name},
                       {"target", tier.tier->target.kind + "/" + tier.target_key.name},
                       {"from", decision.from},
                       {"to", decision.to},
                       {"reason", decision.reason},
                       {"message", decision.message}});
  return {};
}

Result<NextVisit> Reconciler::report(const ServiceVisit& visit, ServiceMemory& memory,
                                     const std::stop_token& stop) {
  const ServiceObject& service = *visit.service;
  const api::ServiceStatus old = StatusWriter::present(service, memory);
  // A write whose answer was lost may have brought them there all the same.
  std::erase_if(memory.unwritten, [&](const auto& decision) { return holds(old, decision); });
  ReportInputs inputs{&visit, {}, &old, memory.unwritten};
  bool waiting = false;
  for (const TierVisit& tier : visit.tiers) {
    const std::string& name = tier.tier->name;
    const TierMemory& known = memory.tiers[name];
    inputs.tiers.push_back({&tier, worth_reporting(known, name, old, service.meta.generation),
                            &known.engine, known.knows_status ? &known.contest : nullptr,
                            &known.plan});
    waiting = waiting || tier.state == TargetState::Waiting;
  }
  const api::ServiceStatus wanted = make_status(inputs);
  memory.shown.show(*with_.metrics, with_.per_service_metrics, visit, wanted);
  const auto outcome = status_.write(service, old, wanted, memory, visit.steady, stop);
  if (!outcome) return outcome.error();
  if (outcome->written) announce_written(service, old, wanted);

  // Polls and events bring the next visit; this one is the safety net.
  std::chrono::nanoseconds next = 2 * service.spec.interval;
  if (outcome->due_in) next = std::min(next, *outcome->due_in);
  if (waiting) next = std::min<std::chrono::nanoseconds>(next, kWaitingRecheck);
  for (const auto& entry : memory.tiers) {
    const PlanMemory& plan = entry.second.plan;
    if (!plan.runs()) continue;
    const auto turn = std::max<std::chrono::nanoseconds>(plan.next_turn - visit.steady, kSoon);
    next = std::min<std::chrono::nanoseconds>(next, turn);
  }
  return NextVisit{next};
}

void Reconciler::announce_written(const ServiceObject& service, const api::ServiceStatus& old,
                                  const api::ServiceStatus& wanted) {
  for (const Announcement& said : announce_changes(old, wanted)) {
    with_.events->record(reference_to(service), said.type, said.reason, said.action, said.note);
    const bool bad = said.type == kube::EventType::Warning;
    telemetry::log(
        bad ? telemetry::LogLevel::Warning : telemetry::LogLevel::Info, "status changed",
        {{"service", service.meta.key.text()}, {"reason", said.reason}, {"message", said.note}});
  }
}

}  // namespace evalscaler::reconcile
