// SPDX-License-Identifier: Apache-2.0
#include "simulation/operator_process.hpp"

#include <algorithm>
#include <utility>

#include "simulation/oracles.hpp"

namespace evalscaler::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Nanos kRequestLimit = seconds(15);
constexpr Nanos kLeaseRequestLimit = milliseconds(1500);
constexpr api::Replicas kMaxReplicas = 1000;
constexpr Nanos kHandover = seconds(60);
constexpr Nanos kKillTimer = milliseconds(2500);

std::function<double()> fractions(RandomStream& random) {
  return [&random] { return random.fraction(); };
}

kube::LeaderElectionSettings election_settings(const std::string& identity) {
  kube::LeaderElectionSettings settings;
  settings.lease = {kSpace, "evalscaler"};
  settings.identity = identity;
  return settings;
}

}  // namespace

template <typename T>
OperatorProcess::Watched<T>::Watched(World world, ProcessState& process, Collection which,
                                     const kube::Resource& resource, kube::ObjectCache<T>& cache,
                                     Result<T> (*decode)(wire::JsonCursor&),
                                     telemetry::Metrics& metrics)
    : collection(which),
      connection({world.settings, world.clock, world.history, world.cluster, world.servers,
                  world.passage, process},
                 which, resource),
      random(world.settings.seed, process.name + resource.kind),
      feed(cache, decode),
      deaf(feed, world.settings.broken),
      watcher({resource, "", ""}, deaf, connection, connection.stream_clock(), metrics,
              fractions(random)) {}

OperatorProcess::OperatorProcess(World world, std::string name)
    : world_(world),
      state_{std::move(name), false, 0, {}},
      api_({world.cluster, world.clock, world.history, world.passage, state_, world.settings.rates},
           world.settings.seed, "requests", kRequestLimit),
      lease_api_(
          {world.cluster, world.clock, world.history, world.passage, state_, world.settings.rates},
          world.settings.seed, "lease", kLeaseRequestLimit),
      stubborn_(api_, world.settings.broken),
      service_watch_(world, state_, Collection::Services, reconcile::service_resource(), services_,
                     reconcile::read_service, metrics_),
      deployment_watch_(world, state_, Collection::Deployments, targets::deployment_resource(),
                        deployments_, targets::read_deployment, metrics_),
      autoscaler_watch_(world, state_, Collection::Autoscalers, targets::autoscaler_resource(),
                        autoscalers_, targets::read_autoscaler, metrics_),
      readings_(simulated_catalogue(), prometheus::InlineQueries::Allowed, world.clock),
      credulous_(readings_, world.settings.broken),
      access_(*prometheus::ServerAccess::open(readings_.catalogue().servers.front(), world.clock)),
      prometheus_(
          {world.settings, world.clock, world.history, world.metrics, world.passage, state_}),
      poller_(*access_, prometheus_, readings_, world.clock, metrics_, world.settings.seed),
      events_(stubborn_, world.clock, metrics_, state_.name),
      registry_({&stubborn_, &deployments_, &stateful_sets_, &world.clock}),
      reconciler_(surroundings()),
      queue_({}, metrics_) {
  connect();
}

reconcile::Surroundings OperatorProcess::surroundings() {
  reconcile::Surroundings with;
  with.services = &services_;
  with.find_target = [this](const api::Tier& tier) { return registry_.find(tier); };
  with.readings = &credulous_;
  with.api = &stubborn_;
  with.events = &events_;
  with.metrics = &metrics_;
  with.max_replicas_limit = kMaxReplicas;
  with.relieves = [this] { return world_.clock.steady() < handover_ends_; };
  with.wall = [this] { return world_.clock.wall(); };
  with.other_autoscaler = [this](const ObjectKey& service, const api::Tier& tier) {
    return others_.on_target_of(service, tier);
  };
  return with;
}

void OperatorProcess::connect() {
  services_.listen([this](const ObjectKey& key, const auto& object) {
    for (const ObjectKey& service : index_.update(key, object.get())) {
      queue_.add(service, world_.clock.steady());
    }
  });
  deployments_.listen([this](const ObjectKey& key, const auto&) {
    const std::string& kind = targets::deployment_resource().kind;
    for (const ObjectKey& service : index_.services_of(kind, key)) {
      queue_.add(service, world_.clock.steady());
    }
  });
  autoscalers_.listen([this](const ObjectKey& key, const auto& object) {
    for (const ObjectKey& service : others_.update(key, object.get())) {
      queue_.add(service, world_.clock.steady());
    }
  });
  readings_.on_rounds([this](const std::vector<ObjectKey>& services) {
    for (const ObjectKey& service : services) queue_.add(service, world_.clock.steady());
  });
  api_.set_origin([this](const ObjectKey& key) { return origin_of(key); });
  if (world_.settings.operators < 2) return;
  api_.set_gate([this] { return leads(); });
  election_random_ = std::make_unique<RandomStream>(world_.settings.seed, state_.name + "election");
  election_.emplace(election_settings(state_.name), lease_api_, leadership_, world_.clock,
                    fractions(*election_random_));
}

bool OperatorProcess::leads() const {
  return !election_ || leadership_.may_write(world_.clock.steady());
}

std::size_t OperatorProcess::requests() const {
  return api_.requests() + lease_api_.requests() + service_watch_.connection.requests() +
         deployment_watch_.connection.requests() + autoscaler_watch_.connection.requests() +
         prometheus_.requests();
}

SteadyTime OperatorProcess::visit_due() {
  const kube::WatchHealth others = autoscaler_watch_.watcher.health();
  const bool synced =
      services_.synced() && deployments_.synced() && (others.synced || others.failed);
  if (!synced || !may_act()) return SteadyTime::max();
  if (queue_.ready() > 0) return world_.clock.steady();
  return queue_.next_due().value_or(SteadyTime::max());
}

OperatorProcess::Due OperatorProcess::first_due() {
  Due first;
  const auto consider = [&](SteadyTime at, Part part) {
    if (at < first.at) first = {at, part};
  };
  if (election_ && !election_busy_) consider(election_due_, Part::Election);
  if (!service_watch_.busy) {
    consider(service_watch_.connection.next_step(service_watch_.watcher.state()), Part::Services);
  }
  if (!deployment_watch_.busy) {
    consider(deployment_watch_.connection.next_step(deployment_watch_.watcher.state()),
             Part::Deployments);
  }
  if (!autoscaler_watch_.busy) {
    consider(autoscaler_watch_.connection.next_step(autoscaler_watch_.watcher.state()),
             Part::Autoscalers);
  }
  if (may_act()) consider(readings_.next_due("default"), Part::Poll);
  consider(visit_due(), Part::Visit);
  if (events_due_ && !events_busy_) consider(world_.clock.steady(), Part::Events);
  return first;
}

SteadyTime OperatorProcess::next_due() {
  if (state_.killed) return SteadyTime::max();
  return std::min(std::max(first_due().at, state_.frozen_until), killed_at());
}

// What app/lease_keeper sees to: a leader that could not renew leaves at its deadline, and is
// killed a while after it if it is stopped.
SteadyTime OperatorProcess::killed_at() const {
  const auto until = leadership_.held_until();
  if (!led_ || !until) return SteadyTime::max();
  return *until < state_.frozen_until ? *until + kKillTimer : *until;
}

void OperatorProcess::kill(std::string_view why) {
  if (state_.killed) return;
  state_.killed = true;
  world_.history.add(state_.name, {"is killed:", why});
}

void OperatorProcess::act() {
  if (world_.clock.steady() >= killed_at()) return kill("the lease was not renewed in time");
  const Part part = first_due().part;
  ++state_.frames;
  try {
    step(part);
  } catch (const Crash&) {
    state_.killed = true;
  } catch (...) {
    --state_.frames;
    throw;
  }
  --state_.frames;
}

void OperatorProcess::step(Part part) {
  switch (part) {
    case Part::Services:
      return step_watch(service_watch_);
    case Part::Deployments:
      return step_watch(deployment_watch_);
    case Part::Autoscalers:
      return step_watch(autoscaler_watch_);
    case Part::Poll:
      poller_.ask_next(stop_.get_token());
      return;
    case Part::Visit:
      return visit_next();
    case Part::Events:
      events_due_ = false;
      events_busy_ = true;
      events_.run(stop_.get_token());
      events_busy_ = false;
      return;
    case Part::Election:
      return step_election();
  }
}

template <typename T>
void OperatorProcess::step_watch(Watched<T>& watched) {
  watched.busy = true;
  watched.connection.before_step();
  const auto wait = watched.watcher.step(stop_.get_token());
  watched.connection.after_step(watched.watcher.state(), wait);
  watched.busy = false;
  world_.oracles.cache_is(watched.collection, watched.watcher.state(), *this);
}

void OperatorProcess::visit_next() {
  const auto item = queue_.take(world_.clock.steady());
  if (!item) return;
  VisitInHand visit{item->key, {world_.clock.wall(), world_.clock.steady()}, {}, 0, {}, {}};
  if (const auto service = services_.find(item->key)) {
    visit.service_uid = service->meta.uid;
    visit.generation = service->meta.generation;
    for (const api::Tier& tier : service->spec.tiers) {
      const ObjectKey target_key{item->key.space, tier.target.name};
      visit.autoscalers[target_key] = autoscaler_on(target_key);
      const auto target = deployments_.find(target_key);
      if (target) visit.ready[target->meta.key] = target->ready_replicas;
    }
  }
  const reconcile::Moment now = visit.began;
  note_evidence(visit);
  visits_.push_back(std::move(visit));
  const auto outcome = reconciler_.visit(item->key, now, stop_.get_token());
  end_visit(item->key, outcome);
  if (!outcome) {
    world_.history.add(state_.name, {"visit", item->key.name, outcome.error().message});
  }
  queue_.settle(item->key, outcome, world_.clock.steady());
  events_due_ = true;
}

// L5: a process that has lost the lease ends.
void OperatorProcess::step_election() {
  election_busy_ = true;
  const auto wait = election_->step(stop_.get_token());
  election_busy_ = false;
  election_due_ = world_.clock.steady() + wait;
  if (!led_ && leads()) {
    world_.history.add(state_.name, {"leads"});
    if (election_->saw_predecessor()) handover_ends_ = world_.clock.steady() + kHandover;
  }
  led_ = led_ || leads();
  // It asks for nothing more once it has lost, even if it never led (L13).
  if (wait >= std::chrono::hours(24)) {
    world_.history.add(state_.name, {"has lost the lease and ends"});
    throw Crash{};
  }
}

}  // namespace evalscaler::simulation
