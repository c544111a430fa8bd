// SPDX-License-Identifier: Apache-2.0
#include "reconcile/observer.hpp"

#include <utility>

#include "reconcile/contest_watch.hpp"
#include "reconcile/decision_records.hpp"
#include "reconcile/last_applied.hpp"
#include "reconcile/status_report.hpp"
#include "reconcile/status_writer.hpp"
#include "targets/units.hpp"

namespace evalscaler::reconcile {
namespace {

std::string problem_of(const ServiceObject& service) {
  if (!service.spec_error.empty()) return service.spec_error;
  const auto problems = api::validate(service.spec);
  return problems.empty() ? std::string() : problems.front().text();
}

// Uses that can be asked for; the others would be asked in vain.
std::vector<prometheus::MetricUse> askable_uses(const ServiceObject& service,
                                                const prometheus::ReadingSource& readings) {
  std::vector<prometheus::MetricUse> uses;
  for (const api::Tier& tier : service.spec.tiers) {
    for (const api::MetricDemand& metric : api::metric_demands(tier)) {
      auto use = use_of(service, tier, metric);
      if (readings.problem(use).empty()) uses.push_back(std::move(use));
    }
  }
  return uses;
}

TargetState state_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::NotFound:
      return TargetState::NotFound;
    case ErrorKind::Invalid:
    case ErrorKind::Forbidden:
      return TargetState::Unreadable;
    case ErrorKind::Conflict:
    case ErrorKind::Expired:
    case ErrorKind::Unavailable:
    case ErrorKind::OutcomeUnknown:
    case ErrorKind::Cancelled:
      return TargetState::Waiting;
  }
  return TargetState::Waiting;
}

scaling::History known_history(const api::TierStatus* status, const TierMemory& memory) {
  if (status == nullptr) return memory.own;
  return later_of({status->last_scale_up, status->last_scale_down}, memory.own);
}

// What somebody else did to the target's replicas since they were seen last.
void heed_others(const Remembered& remembered, TierMemory& memory, TierVisit& tier) {
  const api::TargetObservation& seen = *tier.seen;
  const bool other_uid = !memory.target_uid.empty() && memory.target_uid != seen.uid;
  // Made after our last change, maybe while no process was there to see it.
  const bool newer = remembered.newest != nullptr && seen.created >= remembered.newest->time;
  const bool another = other_uid || newer;
  // At the first look a change that nobody is named for may be ours.
  const bool may_be_ours = !memory.last_seen && !seen.last_writer;
  std::optional<ForeignWrite> write;
  if (!another && !may_be_ours) {
    const auto before = memory.last_seen ? memory.last_seen : remembered.status_replicas;
    write = foreign_write(before, seen);
  }
  memory.contest = contest_after(memory.contest, write, remembered.newest, remembered.now);
  if (!write) return;
  const scaling::History started = cooldown_after(*write, remembered.now);
  tier.last_applied.deciding = later_of(tier.last_applied.deciding, started);
  tier.last_applied.recording = later_of(tier.last_applied.recording, started);
}

}  // namespace

prometheus::MetricUse use_of(const ServiceObject& service, const api::Tier& tier,
                             const api::MetricDemand& metric) {
  return {service.spec.prometheus,
          std::string(metric.name),
          std::string(metric.query),
          {service.meta.key.space, tier.identity()},
          metric.wants_total};
}

ServiceVisit ServiceObserver::observe(std::shared_ptr<const ServiceObject> service,
                                      ServiceMemory& memory, const Moment& now,
                                      const std::stop_token& stop) {
  ServiceVisit visit;
  visit.service = std::move(service);
  visit.wall = now.wall;
  visit.steady = now.steady;
  visit.spec_problem = problem_of(*visit.service);
  enter_spec(visit, memory);
  if (!visit.spec_problem.empty()) return visit;

  visit.round = round_of(visit);
  bool waiting = false;
  for (const api::Tier& tier : visit.service->spec.tiers) {
    visit.tiers.push_back(look_at(tier, visit, memory, stop));
    waiting = waiting || visit.tiers.back().state == TargetState::Waiting;
  }
  // A service is evaluated as a whole: its tiers are one plan.
  for (TierVisit& tier : visit.tiers) {
    const bool is_new = visit.round != memory.tiers[tier.tier->name].settled_round;
    tier.evaluates = is_new && !waiting && visit.round > 0 && tier.seen.has_value();
  }
  return visit;
}

// A new spec starts with a new streak and says anew what it wants to know.
void ServiceObserver::enter_spec(const ServiceVisit& visit, ServiceMemory& memory) {
  const ServiceObject& service = *visit.service;
  if (memory.generation == service.meta.generation) return;
  memory.generation = service.meta.generation;
  std::map<std::string, TierMemory> tiers;
  if (visit.spec_problem.empty()) {
    for (const api::Tier& tier : service.spec.tiers) {
      TierMemory& kept = tiers[tier.name] = memory.tiers[tier.name];
      kept.engine.fresh_streak = 0;
      kept.contest.reset();
      kept.evaluation.reset();
    }
    readings_.demand(service.meta.key, askable_uses(service, readings_), service.spec.interval);
  } else {
    tiers = std::move(memory.tiers);
    readings_.forget(service.meta.key);
  }
  memory.tiers = std::move(tiers);
}

// Where nothing can be asked, no poll ever completes: then the time counts the rounds.
std::uint64_t ServiceObserver::round_of(const ServiceVisit& visit) const {
  const ServiceObject& service = *visit.service;
  if (!askable_uses(service, readings_).empty()) return readings_.rounds(service.meta.key);
  return static_cast<std::uint64_t>(visit.steady.time_since_epoch() / service.spec.interval) + 1;
}

TierVisit ServiceObserver::look_at(const api::Tier& tier, const ServiceVisit& visit,
                                   ServiceMemory& memory, const std::stop_token& stop) {
  TierVisit out;
  out.tier = &tier;
  out.target_key = {visit.service->meta.key.space, tier.target.name};
  const auto target = find_target_(tier);
  if (!target) {
    out.state = TargetState::Unsupported;
    out.problem = target.error().message;
    return out;
  }
  out.target = *target;
  auto seen = out.target->observe(out.target_key, stop);
  if (!seen) {
    out.state = state_of(seen.error().kind);
    out.problem = seen.error().message;
    return out;
  }
  const api::ServiceStatus& status = StatusWriter::present(*visit.service, memory);
  const api::TierStatus* in_status = find_tier(status, tier.name);
  if (out.target->planned() != nullptr) {
    if (in_status != nullptr) out.plan = in_status->plan;
    out.pods = *seen;
    seen = targets::in_units(tier, out.plan ? &*out.plan : nullptr, *out.pods);
    if (!seen) {
      out.state = TargetState::Unreadable;
      out.problem = seen.error().message;
      return out;
    }
  }
  out.state = TargetState::Seen;
  out.seen = std::move(seen).value();
  TierMemory& tier_memory = memory.tiers[tier.name];
  if (!std::exchange(tier_memory.knows_status, true) && in_status != nullptr) {
    tier_memory.engine.recommendations = in_status->recommendations;
    tier_memory.engine.scale_events = in_status->scale_events;
    tier_memory.engine.vetoed_since = in_status->vetoed_since;
    // A new spec is a new start.
    const bool same_spec = status.observed_generation == visit.service->meta.generation;
    if (same_spec) tier_memory.contest = in_status->contest;
  }
  Remembered remembered;
  remembered.known = known_history(in_status, tier_memory);
  if (in_status != nullptr) remembered.status_replicas = in_status->current;
  remembered.newest = newest_applied(status, memory.unwritten, tier.name);
  remembered.last_seen = tier_memory.last_seen;
  remembered.now = visit.wall;
  out.last_applied = last_applied(remembered, *out.seen);
  if (out.last_applied.untold) {
    scaling::note_applied(tier_memory.engine, tier, *out.last_applied.untold);
    scaling::note_applied(tier_memory.engine_before_round, tier, *out.last_applied.untold);
  }
  heed_others(remembered, tier_memory, out);
  tier_memory.last_seen = out.seen->spec_replicas;
  tier_memory.target_uid = out.seen->uid;
  tier_memory.ready_seen = out.seen->ready_replicas;
  tier_memory.own = later_of(tier_memory.own, out.last_applied.recording);
  return out;
}

}  // namespace evalscaler::reconcile
