// SPDX-License-Identifier: Apache-2.0
#include "reconcile/controller.hpp"

#include <exception>
#include <utility>

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
      queue_(settings_.queue, metrics),
      busy_since_(settings_.workers) {}

Controller::~Controller() {
  stop(std::chrono::nanoseconds(0));
}

void Controller::start() {
  metrics_.set(Metric::MaxConcurrentReconciles, {queue_.name()}, settings_.workers);
  for (std::size_t worker = 0; worker < settings_.workers; ++worker) {
    workers_.emplace_back([this, worker](const std::stop_token& stop) { work(worker, stop); });
  }
}

void Controller::add(const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  queue_.add(key, clock_.steady());
  changed_.notify_one();
}

void Controller::stop(std::chrono::nanoseconds grace) {
  for (std::jthread& worker : workers_) worker.request_stop();
  {
    std::unique_lock lock(mutex_);
    clock_.wait(changed_, lock, clock_.steady() + grace, {},
                [&] { return queue_.being_visited() == 0; });
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
    metrics_.observe(Metric::QueueSeconds, {queue_.name()}, seconds_of(item->waited));
    const Moment now{clock_.wall(), clock_.steady()};
    const auto outcome = visit_isolated(item->key, now);
    metrics_.observe(Metric::ReconcileSeconds, {queue_.name()},
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
  busy_since_[worker].reset();
  queue_.settle(key, outcome, clock_.steady());
  changed_.notify_all();
}

}  // namespace evalscaler::reconcile
