// SPDX-License-Identifier: Apache-2.0
#include "reconcile/visit_queue.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "telemetry/log.hpp"

namespace evalscaler::reconcile {
namespace {

using telemetry::Metric;

// Losing a race is how optimistic locking works; only this many in a row are worth a line.
constexpr std::size_t kNotableRaces = 5;

double seconds_of(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

VisitQueue::VisitQueue(VisitQueueSettings settings, telemetry::Metrics& metrics)
    : settings_(std::move(settings)), metrics_(metrics), queue_(settings_.retries) {}

void VisitQueue::add(const ObjectKey& key, SteadyTime now) {
  queue_.add(key, now);
  metrics_.add(Metric::QueueAdds, {settings_.name});
  show_depth();
}

std::optional<WorkQueue::Item> VisitQueue::take(SteadyTime now) {
  auto item = queue_.take(now);
  if (item) show_depth();
  return item;
}

void VisitQueue::settle(const ObjectKey& key, const Result<NextVisit>& outcome, SteadyTime now) {
  if (outcome) {
    after_success(key, *outcome, now);
  } else {
    after_error(key, outcome.error(), now);
  }
  queue_.done(key, now);
  show_depth();
}

void VisitQueue::after_success(const ObjectKey& key, const NextVisit& next, SteadyTime now) {
  const std::string_view result = next ? "requeue_after" : "success";
  metrics_.add(Metric::ReconcileTotal, {settings_.name, result});
  queue_.succeeded(key);
  complaints_.erase(key);
  if (next) {
    queue_.add_at(key, now + *next);
  } else {
    queue_.forget(key);
  }
}

void VisitQueue::after_error(const ObjectKey& key, const Error& error, SteadyTime now) {
  std::chrono::nanoseconds wait{};
  switch (error.kind) {
    case ErrorKind::Cancelled:
      return;
    case ErrorKind::NotFound:  // went away under the visit; the watch is about to say so
      wait = std::max(retry(key, now), settings_.after_not_found);
      queue_.add_at(key, now + wait);
      break;
    case ErrorKind::Conflict:
    case ErrorKind::Expired:
    case ErrorKind::OutcomeUnknown:
      wait = retry(key, now);
      break;
    case ErrorKind::Unavailable:
      wait = retry(key, now);
      if (error.retry_after && *error.retry_after > wait) {
        wait = *error.retry_after;
        queue_.add_at(key, now + wait);
      }
      break;
    case ErrorKind::Invalid:
      wait = settings_.after_invalid;
      queue_.add_at(key, now + wait);
      break;
    case ErrorKind::Forbidden:
      wait = settings_.after_forbidden;
      queue_.add_at(key, now + wait);
      break;
  }
  metrics_.add(Metric::ReconcileTotal, {settings_.name, "error"});
  metrics_.add(Metric::ReconcileErrors, {settings_.name});
  complain(key, error, wait);
}

std::chrono::nanoseconds VisitQueue::retry(const ObjectKey& key, SteadyTime now) {
  metrics_.add(Metric::QueueRetries, {settings_.name});
  return queue_.retry(key, now);
}

void VisitQueue::complain(const ObjectKey& key, const Error& error, std::chrono::nanoseconds wait) {
  const bool race = error.kind == ErrorKind::Conflict && queue_.failures(key) < kNotableRaces;
  std::string& complaint = complaints_[key];
  const bool known = std::exchange(complaint, error.message) == error.message;
  telemetry::log(
      race || known ? telemetry::LogLevel::Debug : telemetry::LogLevel::Warning, "visit failed",
      {{"service", key.text()}, {"error", error.message}, {"retry_in_seconds", seconds_of(wait)}});
}

void VisitQueue::show_depth() {
  metrics_.set(Metric::QueueDepth, {settings_.name}, static_cast<double>(queue_.ready()));
  metrics_.set(Metric::ActiveWorkers, {settings_.name},
               static_cast<double>(queue_.being_worked_on()));
}

}  // namespace evalscaler::reconcile
