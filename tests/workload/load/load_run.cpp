// SPDX-License-Identifier: Apache-2.0
#include "workload/load/load_run.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "workload/load/request_body.hpp"

namespace evalscaler::workload {
namespace {

using boost::asio::ip::tcp;

constexpr std::size_t kBodyVariants = 16;
constexpr std::chrono::seconds kProgressInterval{5};
// Below the idle limits of common servers, so that a reused connection is rarely a closed one.
constexpr std::chrono::seconds kLongestIdle{5};

std::optional<std::chrono::nanoseconds> to_duration(std::optional<double> seconds) {
  if (!seconds) return std::nullopt;
  return std::chrono::nanoseconds(std::llround(*seconds * 1e9));
}

}  // namespace

Result<std::vector<LoadTarget>> resolve_targets(const std::vector<HttpUrl>& urls) {
  boost::asio::io_context io;
  tcp::resolver resolver(io);
  std::vector<LoadTarget> targets;
  for (const HttpUrl& url : urls) {
    boost::system::error_code error;
    const auto found = resolver.resolve(url.host, url.port, error);
    if (error || found.empty()) {
      return fail(ErrorKind::Invalid, "--url: host '" + url.host + "': " + error.message());
    }
    const auto v4 = std::find_if(found.begin(), found.end(), [](const auto& entry) {
      return entry.endpoint().address().is_v4();
    });
    targets.push_back({url, v4 != found.end() ? v4->endpoint() : found.begin()->endpoint()});
  }
  return targets;
}

LoadRun::LoadRun(boost::asio::io_context& io, const LoadSettings& settings,
                 const std::vector<LoadTarget>& targets, std::ostream& progress)
    : io_(io),
      settings_(settings),
      targets_(targets),
      progress_(progress),
      arrivals_(settings.schedule, settings.arrivals, settings.seed),
      arrival_timer_(io),
      progress_timer_(io),
      idle_(targets.size()) {
  for (std::size_t variant = 0; variant < kBodyVariants; ++variant) {
    bodies_.push_back(make_request_body(settings.shape, variant));
  }
}

LoadReport LoadRun::run() {
  start_ = monotonic_now();
  next_ = to_duration(arrivals_.next());
  if (settings_.progress == Progress::EveryFiveSeconds) show_progress_later();
  wait_for_next_arrival();
  io_.run();
  report_.duration = elapsed();
  return report_;
}

void LoadRun::interrupt() {
  report_.end = RunEnd::Interrupted;
  io_.stop();
}

void LoadRun::wait_for_next_arrival() {
  // After the last request the schedule may still have a quiet end to sit through.
  const auto schedule_end = to_duration(settings_.schedule.duration());
  arrival_timer_.expires_at(start_ + next_.value_or(*schedule_end));
  arrival_timer_.async_wait([this](boost::system::error_code error) {
    if (!error) take_due_arrivals();
  });
}

void LoadRun::take_due_arrivals() {
  if (!next_) {
    schedule_over_ = true;
    return finish_if_over();
  }
  while (next_ && *next_ <= elapsed()) {
    report_.recorder.record_due(*next_, elapsed() - *next_);
    if (open_ < settings_.most_connections && waiting_.empty()) {
      send({next_number_++, *next_, Start::WhenDue});
    } else {
      waiting_.push_back({next_number_++, *next_, Start::AfterWaiting});
    }
    next_ = to_duration(arrivals_.next());
  }
  wait_for_next_arrival();
}

void LoadRun::send(DueRequest request) {
  ++open_;
  const std::size_t target = request.number % targets_.size();
  const std::string& body = bodies_[request.number % bodies_.size()];
  const auto attempt =
      std::make_shared<RequestAttempt>(io_, targets_[target], body, settings_.connection_use);
  attempt->start(take_idle(target), start_ + request.intended + settings_.timeout,
                 [this, request](RequestOutcome outcome, Connection reusable) {
                   on_outcome(request, outcome, std::move(reusable));
                 });
}

Connection LoadRun::take_idle(std::size_t target) {
  auto& idle = idle_[target];
  if (idle.empty()) return nullptr;
  IdleConnection taken = std::move(idle.back());
  idle.pop_back();
  if (monotonic_now() - taken.since <= kLongestIdle) return std::move(taken.connection);
  idle.clear();  // the others have been idle for longer still
  return nullptr;
}

void LoadRun::on_outcome(DueRequest request, RequestOutcome outcome, Connection reusable) {
  --open_;
  const auto* failure = std::get_if<FailureKind>(&outcome);
  if (failure && *failure == FailureKind::Timeout && request.start == Start::AfterWaiting) {
    outcome = FailureKind::ConnectionLimit;  // the server had only a part of the timeout
  }
  report_.recorder.record_outcome(request.intended, outcome, elapsed() - request.intended);
  if (reusable) {
    idle_[request.number % targets_.size()].push_back({std::move(reusable), monotonic_now()});
  }
  send_waiting();
  finish_if_over();
}

void LoadRun::send_waiting() {
  while (!waiting_.empty() && open_ < settings_.most_connections) {
    const DueRequest request = waiting_.front();
    waiting_.pop_front();
    const auto waited = elapsed() - request.intended;
    if (waited < settings_.timeout) {
      send(request);
    } else {
      report_.recorder.record_outcome(request.intended, FailureKind::ConnectionLimit, waited);
    }
  }
}

void LoadRun::show_progress_later() {
  progress_timer_.expires_after(kProgressInterval);
  progress_timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    show_progress();
    show_progress_later();
  });
}

void LoadRun::show_progress() {
  const auto seconds = std::chrono::duration<double>(elapsed()).count();
  const LatencyRecorder& recorder = report_.recorder;
  progress_ << std::llround(seconds) << " s: target "
            << std::llround(settings_.schedule.rate_at(seconds)) << "/s, sent " << recorder.sent()
            << ", ok " << recorder.ok() << ", failed " << recorder.failed() << ", open " << open_
            << ", waiting " << waiting_.size() << std::endl;
}

void LoadRun::finish_if_over() {
  if (schedule_over_ && open_ == 0 && waiting_.empty()) io_.stop();
}

}  // namespace evalscaler::workload
