// SPDX-License-Identifier: Apache-2.0
// OperatorProcess: one run of the operator: its real watchers, caches, queue, reconciler,
// targets, poller, event recorder and election, put together as app/operator.cpp does it, with
// the loop's steps in the place of threads.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kube/api_event_recorder.hpp"
#include "kube/leader_election.hpp"
#include "kube/object_feed.hpp"
#include "kube/watcher.hpp"
#include "prometheus/poller.hpp"
#include "reconcile/other_autoscalers.hpp"
#include "reconcile/reconciler.hpp"
#include "reconcile/service_index.hpp"
#include "reconcile/visit_queue.hpp"
#include "simulation/broken_parts.hpp"
#include "simulation/simulated_api.hpp"
#include "simulation/watch_connection.hpp"
#include "simulation/world.hpp"
#include "targets/registry.hpp"

namespace evalscaler::simulation {

// A visit in hand, and what it knew when it began.
struct VisitInHand {
  ObjectKey key;
  reconcile::Moment began;
  std::string service_uid;
  std::int64_t generation = 0;
  std::map<ObjectKey, std::int64_t> ready;       // of its targets
  std::map<ObjectKey, std::string> autoscalers;  // on its targets: uid
};

class OperatorProcess {
 public:
  OperatorProcess(World world, std::string name);

  ProcessState& state() { return state_; }
  bool gone() const { return state_.killed && state_.frames == 0; }
  void kill(std::string_view why);
  SteadyTime next_due();
  // What is due first; a crash in it ends the process.
  void act();

  const kube::ObjectCache<reconcile::ServiceObject>& services() const { return services_; }
  const kube::ObjectCache<targets::WorkloadObject>& deployments() const { return deployments_; }
  const kube::ObjectCache<targets::AutoscalerObject>& autoscalers() const { return autoscalers_; }
  std::size_t requests() const;
  bool leads() const;

 private:
  // One resource with its connection.
  template <typename T>
  struct Watched {
    Watched(World world, ProcessState& process, Collection collection,
            const kube::Resource& resource, kube::ObjectCache<T>& cache,
            Result<T> (*decode)(wire::JsonCursor&), telemetry::Metrics& metrics);
    Collection collection;
    WatchConnection connection;
    RandomStream random;
    kube::CacheFeed<T> feed;
    DeafFeed deaf;  // in front of `feed`
    kube::Watcher watcher;
    bool busy = false;
  };
  enum class Part { Services, Deployments, Autoscalers, Poll, Visit, Events, Election };
  struct Due {
    SteadyTime at = SteadyTime::max();
    Part part = Part::Visit;
  };

  reconcile::Surroundings surroundings();
  void connect();
  Due first_due();
  SteadyTime visit_due();
  SteadyTime killed_at() const;
  bool may_act() const { return !election_ || leads(); }
  void step(Part part);
  template <typename T>
  void step_watch(Watched<T>& watched);
  void visit_next();
  void step_election();
  // The autoscaler that this process knows to be on a target: its uid.
  std::string autoscaler_on(const ObjectKey& target) const;
  Origin origin_of(const ObjectKey& key);
  void note_evidence(const VisitInHand& visit);
  void end_visit(const ObjectKey& key, const Result<reconcile::NextVisit>& outcome);
  bool good_three_times(const VisitInHand& visit, const ObjectKey& target) const;
  void add_evidence(Origin& origin, const VisitInHand& visit, const ObjectKey& target);

  World world_;
  ProcessState state_;
  telemetry::Metrics metrics_;
  std::stop_source stop_;
  SimulatedApi api_;
  SimulatedApi lease_api_;
  StubbornApi stubborn_;  // in front of api_
  kube::ObjectCache<reconcile::ServiceObject> services_;
  kube::ObjectCache<targets::WorkloadObject> deployments_;
  kube::ObjectCache<targets::WorkloadObject> stateful_sets_;  // there are none in this world
  kube::ObjectCache<targets::AutoscalerObject> autoscalers_;
  Watched<reconcile::ServiceObject> service_watch_;
  Watched<targets::WorkloadObject> deployment_watch_;
  Watched<targets::AutoscalerObject> autoscaler_watch_;
  prometheus::PrometheusReadings readings_;
  CredulousReadings credulous_;  // in front of readings_
  std::unique_ptr<prometheus::ServerAccess> access_;
  SimulatedPrometheus prometheus_;
  prometheus::Poller poller_;
  kube::ApiEventRecorder events_;
  bool events_due_ = false;
  bool events_busy_ = false;
  targets::TargetRegistry registry_;
  reconcile::ServiceIndex index_;
  reconcile::OtherAutoscalers others_{index_};
  reconcile::Reconciler reconciler_;
  reconcile::VisitQueue queue_;
  std::vector<VisitInHand> visits_;
  // Of each service (by uid) and target: whether all that was known of the target was good when
  // a round was looked at.
  std::map<std::pair<std::string, ObjectKey>, std::map<std::uint64_t, bool>> good_rounds_;
  kube::Leadership leadership_;
  std::optional<kube::LeaderElection> election_;
  std::unique_ptr<RandomStream> election_random_;
  SteadyTime election_due_{};
  bool led_ = false;
  SteadyTime handover_ends_{};
  bool election_busy_ = false;
};

}  // namespace evalscaler::simulation
