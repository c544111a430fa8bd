// SPDX-License-Identifier: Apache-2.0
#include "reconcile/plan_conductor.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "reconcile/held_decision.hpp"
#include "reconcile/last_applied.hpp"
#include "scaling/reasons.hpp"
#include "targets/planned_target.hpp"
#include "targets/units.hpp"
#include "telemetry/log.hpp"
#include "wire/json_writer.hpp"

namespace evalscaler::reconcile {
namespace {

namespace reasons = scaling::reasons;
using scaling::Direction;
using targets::PlanIntent;

constexpr const char* kStopped = "Stopped";
constexpr std::chrono::seconds kAfterError{1};
constexpr std::chrono::milliseconds kWithoutPlace{100};

using telemetry::Metric;

// A place among those who take a turn; given back when it is over.
class Place {
 public:
  explicit Place(std::counting_semaphore<>& places)
      : places_(places), taken_(places.try_acquire()) {}
  ~Place() {
    if (taken_) places_.release();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  bool taken() const { return taken_; }

 private:
  std::counting_semaphore<>& places_;
  bool taken_;
};

Direction direction_of(const api::PlanStatus& plan) {
  return plan.to > plan.from   ? Direction::Up
         : plan.to < plan.from ? Direction::Down
                               : Direction::Hold;
}

bool is_paused(const scaling::Pause& pause, Direction direction) {
  using Which = scaling::Pause::Which;
  return pause.which == Which::Everything ||
         (pause.which == Which::Up && direction == Direction::Up) ||
         (pause.which == Which::Down && direction == Direction::Down);
}

// Whoever pauses, tries, or deletes wants the plan to come to a safe end, not to go on.
bool must_stop(const ServiceVisit& visit, const api::PlanStatus& plan) {
  return visit.service->meta.being_deleted || visit.service->spec.mode != api::Mode::Auto ||
         is_paused(visit.pause, direction_of(plan));
}

// A plan that only finishes what another one left behind is against nothing: whatever comes
// next begins with it.
bool is_against(const scaling::Decision& decision, const api::PlanStatus& plan) {
  const Direction wanted = decision.direction();
  const Direction goes = direction_of(plan);
  return goes != Direction::Hold && wanted != Direction::Hold && wanted != goes;
}

std::string journal_of(const std::optional<api::PlanStatus>& plan) {
  return plan ? plan->journal : std::string();
}

// What status holds is neither what it held before nor what we want it to hold: another leader
// has gone on with the plan, and his journal must not be overwritten by ours.
void adopt_what_others_wrote(const std::optional<api::PlanStatus>& in_status, PlanMemory& plan) {
  std::string journal = journal_of(in_status);
  const bool first = !std::exchange(plan.knows_status, true);
  const bool others = journal != plan.journal_in_status && journal != journal_of(plan.shown);
  if (first || others) plan.shown = in_status;
  plan.journal_in_status = std::move(journal);
}

std::string in_motion(const api::PlanStatus& plan, bool against) {
  return "the plan from " + std::to_string(plan.from) + " to " + std::to_string(plan.to) +
         " is at " + plan.phase + (against ? " and is stopped first" : "");
}

targets::PlanRequest request_of(const TierVisit& tier, const ServiceVisit& visit) {
  return {tier.target_key, tier.tier, visit.wall};
}

// Unique enough to tell a plan from the one before: a service has one at a time.
std::string id_of(const ServiceVisit& visit) {
  const auto since = visit.wall.time_since_epoch();
  return visit.service->meta.uid.substr(0, 8) + "-" +
         std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

// A plan that is refused as it was before is no news: its status is not written again.
void keep_name_if_refused_alike(const api::PlanStatus& before, api::PlanStatus& now) {
  if (!now.journal.empty() || before.from != now.from || before.to != now.to ||
      before.reason != now.reason || before.message != now.message) {
    return;
  }
  now.id = before.id;
  now.started = before.started;
}

}  // namespace

Result<void> PlanConductor::conduct(TierVisit& tier, const ServiceVisit& visit, TierMemory& memory,
                                    const std::stop_token& stop) {
  PlanMemory& plan = memory.plan;
  adopt_what_others_wrote(tier.plan, plan);

  scaling::Decision* decision =
      tier.evaluates && memory.evaluation ? &memory.evaluation->decision : nullptr;
  if (!plan.runs()) {
    if (decision == nullptr || visit.service->spec.mode != api::Mode::Auto) return {};
    const bool wants = decision->direction() != Direction::Hold;
    const bool stopped = plan.shown && plan.shown->phase == kStopped;
    const bool resumes = stopped && visit.pause.which == scaling::Pause::Which::Nothing;
    if (wants || resumes) begin(tier, visit, memory, stop);
    // What could not be begun is not wanted any more; what was stopped waits for its time.
    if (!wants && !stopped) plan.shown.reset();
    return {};
  }
  if (decision != nullptr) {
    const bool against = is_against(*decision, *plan.shown);
    plan.intent = against ? PlanIntent::Stop : PlanIntent::GoOn;
    if (decision->direction() != Direction::Hold) {
      *decision = held_back(std::move(*decision), *tier.tier, "plan", reasons::kPlanInMotion,
                            in_motion(*plan.shown, against));
    }
  }
  const bool written = tier.plan && tier.plan->journal == plan.shown->journal;
  if (!written || visit.steady < plan.next_turn) return {};
  const Place place(places_);
  if (!place.taken()) {
    plan.next_turn = visit.steady + kWithoutPlace;
    return {};
  }
  EVALSCALER_TRY(keep(*visit.service, stop));
  take_turn(tier, visit, memory, stop);
  return {};
}

void PlanConductor::begin(TierVisit& tier, const ServiceVisit& visit, TierMemory& memory,
                          const std::stop_token& stop) {
  scaling::Decision& decision = memory.evaluation->decision;
  PlanMemory& plan = memory.plan;
  const Place place(places_);
  if (!place.taken()) {
    if (decision.direction() == Direction::Hold) return;
    decision = held_back(std::move(decision), *tier.tier, "plan", reasons::kPlanInMotion,
                         "as many other plans as may run at once take their turns");
    return;
  }
  auto turn =
      tier.target->planned()->begin(request_of(tier, visit), decision.to, id_of(visit), stop);
  std::string why = turn ? turn->plan->message : turn.error().message;
  const bool resumes = plan.shown && plan.shown->phase == kStopped;
  if (turn) {
    if (plan.shown) keep_name_if_refused_alike(*plan.shown, *turn->plan);
    plan.shown = std::move(turn->plan);
  }
  if (turn && resumes && !plan.runs()) plan.shown->phase = kStopped;  // it is tried again
  plan.intent = PlanIntent::GoOn;
  plan.next_turn = visit.steady;
  const bool begun = plan.runs() && turn;
  metrics_.add(Metric::Plans, {tier.tier->target.kind, begun ? "begun" : "refused"});
  if (begun) return;
  if (decision.direction() == Direction::Hold) return;
  const std::string reason = turn ? plan.shown->reason + ": " : "";
  decision =
      held_back(std::move(decision), *tier.tier, "plan", reasons::kDataTierUnsafe, reason + why);
}

void PlanConductor::take_turn(TierVisit& tier, const ServiceVisit& visit, TierMemory& memory,
                              const std::stop_token& stop) {
  PlanMemory& plan = memory.plan;
  const PlanIntent intent = must_stop(visit, *plan.shown) ? PlanIntent::Stop : plan.intent;
  const SteadyTime begin = steady_ ? steady_() : visit.steady;
  auto turn = tier.target->planned()->take_turn(request_of(tier, visit), *plan.shown, intent, stop);
  const std::chrono::duration<double> took = (steady_ ? steady_() : visit.steady) - begin;
  metrics_.observe(Metric::PlanTurnSeconds, {tier.tier->target.kind}, took.count());
  if (!turn) {
    plan.shown->message = turn.error().message;
    plan.next_turn = visit.steady + kAfterError;
    return;
  }
  plan.next_turn = visit.steady + turn->next;
  if (turn->plan) {
    count(tier, plan.shown->progress, turn->plan->progress);
    plan.shown = std::move(turn->plan);
    return;
  }
  plan.intent = intent;
  end(tier, visit, memory);
}

// Only what grew: where a plan stands is measured anew in each turn.
void PlanConductor::count(const TierVisit& tier, const api::PlanProgress& before,
                          const api::PlanProgress& after) {
  const auto add = [&](Metric metric, std::int64_t from, std::int64_t to) {
    if (to > from) metrics_.add(metric, {tier.tier->target.kind}, static_cast<double>(to - from));
  };
  add(Metric::PlanSlots, before.slots_moved, after.slots_moved);
  add(Metric::PlanKeys, before.keys_moved, after.keys_moved);
  add(Metric::PlanBytes, before.bytes_moved, after.bytes_moved);
}

// The cooldown of what took long counts from its end.
void PlanConductor::end(TierVisit& tier, const ServiceVisit& visit, TierMemory& memory) {
  const api::PlanStatus was = *std::exchange(memory.plan.shown, std::nullopt);
  const WallTime now = wall_ ? std::max(visit.wall, wall_()) : visit.wall;
  const bool stopped = memory.plan.intent == PlanIntent::Stop;
  metrics_.add(Metric::Plans, {tier.tier->target.kind, stopped ? "stopped" : "done"});
  if (stopped) {
    api::PlanStatus& rest = memory.plan.shown.emplace();
    rest.id = was.id;
    rest.phase = kStopped;
    rest.from = was.from;
    rest.to = was.to;
    rest.started = was.started;
    rest.message = "stopped at " + was.phase + "; the cluster is whole";
    rest.progress = was.progress;
  }
  if (direction_of(was) == Direction::Up) memory.own.last_scale_up = now;
  if (direction_of(was) == Direction::Down) memory.own.last_scale_down = now;
  tier.last_applied.recording = later_of(tier.last_applied.recording, memory.own);
  if (auto seen = targets::in_units(*tier.tier, nullptr, *tier.pods)) {
    tier.seen = std::move(seen).value();
    memory.last_seen = tier.seen->spec_replicas;
  }
  telemetry::log_info(stopped ? "plan stopped" : "plan done",
                      {{"service", visit.service->meta.key.text()},
                       {"tier", tier.tier->name},
                       {"from", was.from},
                       {"to", was.to},
                       {"slots", was.progress.slots_moved}});
}

Result<void> PlanConductor::keep(const ServiceObject& service, const std::stop_token& stop) {
  const auto& known = service.finalizers;
  if (service.meta.being_deleted) return {};
  if (std::find(known.begin(), known.end(), kPlanFinalizer) != known.end()) return {};
  std::vector<std::string> names = known;
  names.emplace_back(kPlanFinalizer);
  return set_finalizers(service, names, stop);
}

Result<void> PlanConductor::release(const ServiceObject& service, const std::stop_token& stop) {
  std::vector<std::string> names = service.finalizers;
  if (std::erase(names, kPlanFinalizer) == 0) return {};
  return set_finalizers(service, names, stop);
}

// Fenced by the revision: somebody else's finalizer must not be lost.
Result<void> PlanConductor::set_finalizers(const ServiceObject& service,
                                           const std::vector<std::string>& names,
                                           const std::stop_token& stop) {
  wire::JsonWriter json;
  json.begin_object().key("metadata").begin_object();
  json.member("resourceVersion", service.meta.resource_version);
  json.key("finalizers").begin_array();
  for (const std::string& name : names) json.value(std::string_view(name));
  json.end_array().end_object().end_object();
  const auto answer = api_.patch(kube::object_path(service_resource(), service.meta.key),
                                 kube::PatchType::Merge, std::move(json).text(), stop);
  if (answer || answer.error().kind == ErrorKind::NotFound) return {};
  return Error{answer.error().kind,
               "finalizer of " + service.meta.key.text() + ": " + answer.error().message,
               answer.error().retry_after};
}

}  // namespace evalscaler::reconcile
