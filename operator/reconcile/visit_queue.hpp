// SPDX-License-Identifier: Apache-2.0
// VisitQueue: the work queue with the one switch from a visit's outcome to what follows from it.
//
// Counts, and logs a failure once until it changes. Time is an argument, nothing waits and
// nothing is locked: the controller puts a lock and threads around it, the simulation a loop.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>

#include "core/clock.hpp"
#include "core/object_key.hpp"
#include "core/result.hpp"
#include "reconcile/work_queue.hpp"
#include "telemetry/metrics.hpp"

namespace evalscaler::reconcile {

struct Moment {
  WallTime wall;
  SteadyTime steady;
};

// When to look at the key again though nothing happened to it; empty = not before something
// does.
using NextVisit = std::optional<std::chrono::nanoseconds>;
using Visit = std::function<Result<NextVisit>(const ObjectKey& key, const Moment& now,
                                              const std::stop_token& stop)>;

struct VisitQueueSettings {
  std::string name = "evaluationservice";  // label of its metrics
  RetryLimits retries;
  std::chrono::nanoseconds after_not_found = std::chrono::seconds(1);
  std::chrono::nanoseconds after_forbidden = std::chrono::seconds(60);
  std::chrono::nanoseconds after_invalid = std::chrono::minutes(5);
};

class VisitQueue {
 public:
  // `metrics` must outlive it.
  VisitQueue(VisitQueueSettings settings, telemetry::Metrics& metrics);

  void add(const ObjectKey& key, SteadyTime now);
  // The oldest ready key, which now is being visited; settle() must follow.
  std::optional<WorkQueue::Item> take(SteadyTime now);
  void settle(const ObjectKey& key, const Result<NextVisit>& outcome, SteadyTime now);

  const std::string& name() const { return settings_.name; }
  std::size_t ready() const { return queue_.ready(); }
  std::size_t being_visited() const { return queue_.being_worked_on(); }
  // When a key that is not ready becomes so by itself.
  std::optional<SteadyTime> next_due() const { return queue_.next_due(); }

 private:
  void after_success(const ObjectKey& key, const NextVisit& next, SteadyTime now);
  void after_error(const ObjectKey& key, const Error& error, SteadyTime now);
  std::chrono::nanoseconds retry(const ObjectKey& key, SteadyTime now);
  void complain(const ObjectKey& key, const Error& error, std::chrono::nanoseconds wait);
  void show_depth();

  const VisitQueueSettings settings_;
  telemetry::Metrics& metrics_;
  WorkQueue queue_;
  std::unordered_map<ObjectKey, std::string> complaints_;  // last error, until a success
};

}  // namespace evalscaler::reconcile
