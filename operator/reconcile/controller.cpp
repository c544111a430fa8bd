// SPDX-License-Identifier: Apache-2.0
#include "reconcile/controller.hpp"

#include <exception>
#include <utility>

#include "telemetry/log.hpp"

namespace evalscaler::reconcile {
namespace {

using telemetry::Metric;

// How often a closed gate is asked again; nobody tells us when a cache has been filled.
constexpr std::chrono::milliseconds kGateCheck{50};

double seconds_of(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

Controller::Controller(ControllerSettings settings, Visit visit, std::function<bool()> may_start,
                       Clock& clock, telemetry::Metrics& metrics)
    : settings_(std::move(settings)),
      visit_(std::move(visit)),
      may_start_(std::move(may_start)),
      clock_(clock),
      metrics_(metrics),
      queue_(settings_.retries),
      busy_since_(settings_.workers) {}

Controller::~Controller() {
  stop(std::chrono::nanoseconds(0));
}

void Controller::start() {
  metrics_.set(Metric::MaxConcurrentReconciles, {settings_.name}, settings_.workers);
  for (std::size_t worker = 0; worker < settings_.workers; ++worker) {
    workers_.emplace_back([this, worker](const std::stop_token& stop) { work(worker, stop); });
  }
}

void Controller::add(const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  queue_.add(key, clock_.steady());
  metrics_.add(Metric::QueueAdds, {settings_.name});
  show_depth();
  changed_.notify_one();
}

void Controller::stop(std::chrono::nanoseconds grace) {
  for (std::jthread& worker : workers_) worker.request_stop();
  {
    std::unique_lock lock(mutex_);
    clock_.wait(changed_, lock, clock_.steady() + grace, {},
                [&] { return queue_.being_worked_on() == 0; });
  }
  abort_.request_stop();
  workers_.clear();
}

bool Controller::alive() const {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.steady();
  for (const auto& since : busy_since_) {
    if (since && now - *since > settings_.stuck_after) return false;
  }
  return true;
}

void Controller::work(std::size_t worker, const std::stop_token& stop) {
  while (const auto item = next(worker, stop)) {
    metrics_.observe(Metric::QueueSeconds, {settings_.name}, seconds_of(item->waited));
    const Moment now{clock_.wall(), clock_.steady()};
    const auto outcome = visit_isolated(item->key, now);
    metrics_.observe(Metric::ReconcileSeconds, {settings_.name},
                     seconds_of(clock_.steady() - now.steady));
    settle(worker, item->key, outcome);
  }
}

std::optional<WorkQueue::Item> Controller::next(std::size_t worker, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const SteadyTime now = clock_.steady();
    if (!open_) open_ = may_start_();
    if (open_) {
      if (auto item = queue_.take(now)) {
        busy_since_[worker] = now;
        show_depth();
        return item;
      }
    }
    const SteadyTime deadline =
        open_ ? queue_.next_due().value_or(SteadyTime::max()) : now + kGateCheck;
    clock_.wait(changed_, lock, deadline, stop, [&] {
      return open_ && (queue_.ready() > 0 || queue_.next_due().value_or(deadline) < deadline);
    });
  }
  return std::nullopt;
}

Result<NextVisit> Controller::visit_isolated(const ObjectKey& key, const Moment& now) {
  try {
    return visit_(key, now, abort_.get_token());
  } catch (const std::exception& thrown) {
    return fail(ErrorKind::Unavailable, std::string("exception: ") + thrown.what());
  } catch (...) {
    return fail(ErrorKind::Unavailable, "exception of unknown type");
  }
}

void Controller::settle(std::size_t worker, const ObjectKey& key,
                        const Result<NextVisit>& outcome) {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.steady();
  busy_since_[worker].reset();
  if (outcome) {
    after_success(key, *outcome, now);
  } else {
    after_error(key, outcome.error(), now);
  }
  queue_.done(key, now);
  show_depth();
  changed_.notify_all();
}

void Controller::after_success(const ObjectKey& key, const NextVisit& next, SteadyTime now) {
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

void Controller::after_error(const ObjectKey& key, const Error& error, SteadyTime now) {
  const auto retry = [&] {
    metrics_.add(Metric::QueueRetries, {settings_.name});
    return queue_.retry(key, now);
  };
  std::chrono::nanoseconds wait{};
  switch (error.kind) {
    case ErrorKind::Cancelled:
      return;
    case ErrorKind::NotFound:  // went away under the visit; the next one sees that
    case ErrorKind::Conflict:
    case ErrorKind::Expired:
    case ErrorKind::OutcomeUnknown:
      wait = retry();
      break;
    case ErrorKind::Unavailable:
      wait = retry();
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
  // Losing a race is how optimistic locking works; it is worth a line only when it goes on. So
  // is an error that says what the last one of this key said.
  const bool race = error.kind == ErrorKind::Conflict && queue_.failures(key) < 5;
  std::string& complaint = complaints_[key];
  const bool known = std::exchange(complaint, error.message) == error.message;
  telemetry::log(
      race || known ? telemetry::LogLevel::Debug : telemetry::LogLevel::Warning, "visit failed",
      {{"service", key.text()}, {"error", error.message}, {"retry_in_seconds", seconds_of(wait)}});
}

void Controller::show_depth() {
  metrics_.set(Metric::QueueDepth, {settings_.name}, static_cast<double>(queue_.ready()));
  metrics_.set(Metric::ActiveWorkers, {settings_.name},
               static_cast<double>(queue_.being_worked_on()));
}

}  // namespace evalscaler::reconcile
