// SPDX-License-Identifier: Apache-2.0
// Controller: N workers that take keys from the work queue and visit them.
//
// Holds the lock and the waiting; what follows from a visit's outcome stands in visit_queue.hpp,
// what a visit is in reconciler.hpp. A visit that throws costs its own key a back-off and nobody
// else anything (R60). add() may be called from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "core/object_key.hpp"
#include "core/result.hpp"
#include "reconcile/visit_queue.hpp"
#include "telemetry/metrics.hpp"

namespace evalscaler::reconcile {

struct ControllerSettings {
  VisitQueueSettings queue;
  unsigned workers = 8;
  // A visit's calls all have their own time limits, far below this in sum.
  std::chrono::nanoseconds stuck_after = std::chrono::minutes(5);
};

class Controller {
 public:
  // No key is visited before `may_start` says so (all caches filled: R20). It is asked under
  // the controller's lock and must not call back.
  Controller(ControllerSettings settings, Visit visit, std::function<bool()> may_start,
             Clock& clock, telemetry::Metrics& metrics);
  ~Controller();
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  void start();
  void add(const ObjectKey& key);
  // Takes no new key, lets visits in hand finish for `grace`, then cancels them and joins.
  void stop(std::chrono::nanoseconds grace);
  // False if a worker has been in one visit for longer than `stuck_after` (liveness, R65).
  bool alive() const;

 private:
  void work(std::size_t worker, const std::stop_token& stop);
  std::optional<WorkQueue::Item> next(std::size_t worker, const std::stop_token& stop);
  Result<NextVisit> visit_isolated(const ObjectKey& key, const Moment& now);
  void settle(std::size_t worker, const ObjectKey& key, const Result<NextVisit>& outcome);

  const ControllerSettings settings_;
  const Visit visit_;
  const std::function<bool()> may_start_;
  Clock& clock_;
  telemetry::Metrics& metrics_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  VisitQueue queue_;
  bool open_ = false;                                  // may_start_ has said yes
  std::vector<std::optional<SteadyTime>> busy_since_;  // per worker
  std::stop_source abort_;                             // cancels visits in hand
  std::vector<std::jthread> workers_;
};

}  // namespace evalscaler::reconcile
