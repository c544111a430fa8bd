// SPDX-License-Identifier: Apache-2.0
#include "simulation/redis/plan_executor.hpp"

#include <algorithm>

#include "simulation/redis/executor_requests.hpp"
#include "targets/redis_cluster/surroundings.hpp"
#include "targets/scale_document.hpp"
#include "targets/units.hpp"

namespace evalscaler::simulation {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr seconds kLease{15};

struct ProcessDies {};  // no std::exception: nobody on the way catches it

api::Tier cache_tier() {
  api::Tier tier;
  tier.name = "cache";
  tier.target = {"apps/v1", "StatefulSet", "redis"};
  tier.min_replicas = 3;
  tier.max_replicas = 5;
  tier.redis_cluster.emplace();
  return tier;
}

}  // namespace

struct PlanExecutor::Parts {
  explicit Parts(PlanExecutor& process)
      : clock(process),
        api(process),
        target(api, stateful_sets, clock, &connect_simulated),
        conductor(
            api, metrics, [this] { return clock.wall(); }, [this] { return clock.steady(); }, 1) {}

  ExecutorClock clock;
  ExecutorApi api;
  kube::ObjectCache<targets::WorkloadObject> stateful_sets;
  targets::RedisClusterTarget target;
  telemetry::Metrics metrics;
  reconcile::PlanConductor conductor;
  api::Tier tier = cache_tier();
  reconcile::TierMemory memory;
};

PlanExecutor::PlanExecutor(PlanWorld& world, int number)
    : world_(world),
      number_(number),
      random_(world.settings.seed * 1'000 + static_cast<std::uint64_t>(number), "process"),
      parts_(std::make_unique<Parts>(*this)) {}

PlanExecutor::~PlanExecutor() = default;

void PlanExecutor::live() {
  try {
    for (;;) {
      const bool busy = world_.api.plan() || world_.api.replicas() != world_.wish.shards * 2;
      pass(milliseconds(50), busy ? milliseconds(400) : milliseconds(1'500));
      if (leads()) visit();
    }
  } catch (const ProcessDies&) {
    world_.history.add(name(), {"is gone"});
  }
  dead_ = true;
}

void PlanExecutor::pass(Nanos least, Nanos most) {
  world_.schedule.sleep(random_.time(least, most));
  while (frozen_until_ > world_.schedule.now()) {
    world_.schedule.sleep(frozen_until_ - world_.schedule.now());
  }
  if (killed_) throw ProcessDies{};
  Lease& lease = world_.lease;  // renewed on the side, as long as the process runs
  if (lease.holder == number_) lease.renewed = world_.schedule.now();
}

// Who finds that another one leads ends itself, the visit in hand excepted; where two leaders
// are tried it goes on for some visits more.
bool PlanExecutor::leads() {
  Lease& lease = world_.lease;
  const SteadyTime now = world_.schedule.now();
  const bool free = now - lease.renewed > kLease;
  if (lease.holder == number_ || free) {
    if (lease.holder != number_) world_.history.add(name(), {"leads"});
    lease = {number_, now};
    return true;
  }
  if (!parts_->memory.plan.knows_status) return false;  // has never led
  if (!lost_lease_) lost_lease_ = now;
  if (world_.settings.two_leaders && now - *lost_lease_ < seconds(8)) return true;
  world_.history.add(name(), {"does not lead any more"});
  throw ProcessDies{};
}

void PlanExecutor::visit() {
  const auto read = world_.api.plan();
  const std::int64_t revision = world_.api.plan_revision();
  auto service = std::make_shared<reconcile::ServiceObject>();
  service->meta.key = {"cache", "service"};
  service->meta.uid = "service-uid-1";
  service->meta.resource_version = std::to_string(revision);
  service->meta.being_deleted = world_.wish.deleted;
  service->spec.mode = world_.wish.paused ? api::Mode::Paused : api::Mode::Auto;

  reconcile::ServiceVisit visit;
  visit.service = service;
  visit.wall = parts_->clock.wall();
  visit.steady = parts_->clock.steady();
  reconcile::TierVisit tier;
  tier.tier = &parts_->tier;
  tier.target = &parts_->target;
  tier.target_key = {"cache", "redis"};
  tier.plan = read;
  api::TargetObservation pods;
  pods.uid = world_.api.uid();
  pods.spec_replicas = world_.api.replicas();
  pods.ready_replicas = world_.api.ready();
  tier.pods = pods;
  auto& plan = parts_->memory.plan;
  const api::PlanStatus* running =
      plan.runs() ? &*plan.shown : (!plan.knows_status && read ? &*read : nullptr);
  const auto seen = targets::in_units(parts_->tier, running, pods);
  if (!seen) return;
  tier.seen = *seen;
  tier.state = reconcile::TargetState::Seen;
  tier.evaluates = !world_.wish.deleted;
  if (tier.evaluates) {
    parts_->memory.evaluation.emplace();
    auto& decision = parts_->memory.evaluation->decision;
    decision.from = seen->spec_replicas;
    decision.to = world_.wish.shards;
  }
  if (world_.settings.broken == BrokenPlan::ShrinksAtOnce) shrink_at_once();
  const auto conducted = parts_->conductor.conduct(tier, visit, parts_->memory, {});
  if (!conducted) world_.history.add(name(), {"visit:", conducted.error().message});
  if (parts_->memory.plan.knows_status && parts_->memory.plan.shown != read) {
    write_status(read, revision);
  }
}

// As operators do that take "there are too many pods" for "these may go".
void PlanExecutor::shrink_at_once() {
  const auto& journals = world_.api.journals();
  if (journals.empty() || journals.back().to_pods >= world_.api.replicas()) return;
  auto around =
      targets::look_around(parts_->api, {"cache", "redis"}, *parts_->tier.redis_cluster, {});
  if (!around) return;
  const auto& facts = around->facts;
  (void)parts_->api.patch(
      "/statefulsets/redis/scale", kube::PatchType::Json,
      targets::scale_patch({facts.uid, around->resource_version, facts.replicas},
                           journals.back().to_pods),
      {});
}

void PlanExecutor::write_status(const std::optional<api::PlanStatus>&, std::int64_t revision) {
  pass(milliseconds(1), milliseconds(10));
  if (random_.chance(world_.request_faults)) return;  // refused
  if (!world_.api.write_plan(parts_->memory.plan.shown, revision)) {
    world_.history.add(name(), {"status: conflict"});
  }
  pass(milliseconds(1), milliseconds(10));
}

}  // namespace evalscaler::simulation
