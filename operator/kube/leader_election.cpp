// SPDX-License-Identifier: Apache-2.0
#include "kube/leader_election.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "telemetry/log.hpp"

namespace evalscaler::kube {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

// Waits spread over the retry period and a fifth of it, so that candidates do not move in
// step; client-go's factor allows more than twice, for which nobody wants to wait.
constexpr double kJitter = 0.2;
constexpr int kReleaseTries = 3;
constexpr milliseconds kNever = std::chrono::hours(24);

milliseconds rounded_up(std::chrono::nanoseconds duration) {
  return std::max(std::chrono::ceil<milliseconds>(duration), milliseconds(1));
}

// The server's record may no longer be the one we know.
bool is_outdated(ErrorKind kind) {
  return kind == ErrorKind::Conflict || kind == ErrorKind::NotFound ||
         kind == ErrorKind::OutcomeUnknown || kind == ErrorKind::Cancelled;
}

}  // namespace

Result<void> check(const LeaderElectionSettings& settings) {
  const auto jittered = settings.retry_period + settings.retry_period / 5;
  if (settings.lease_duration > settings.renew_deadline && settings.renew_deadline > jittered &&
      settings.retry_period.count() > 0) {
    return {};
  }
  return fail(ErrorKind::Invalid,
              "leader election: the lease must last longer than the renew deadline, and that "
              "longer than 1.2 retry periods");
}

LeaderElection::LeaderElection(LeaderElectionSettings settings, KubeApi& api,
                               Leadership& leadership, const Clock& clock,
                               std::function<double()> random)
    : settings_(std::move(settings)),
      path_(object_path(lease_resource(), settings_.lease)),
      api_(api),
      leadership_(leadership),
      clock_(clock),
      random_(std::move(random)) {
  assert(check(settings_));
}

milliseconds LeaderElection::step(const std::stop_token& stop) {
  if (role_ == Role::Lost) return kNever;
  const SteadyTime began = clock_.steady();
  if (role_ == Role::Leader && !leadership_.may_write(began)) {
    lose("the lease could not be renewed in time");
    return kNever;
  }
  if (role_ == Role::Candidate) must_look_ = true;
  auto outcome = attempt(stop);
  // A leader has no time to lose: it finds out at once whether it still is one.
  if (role_ == Role::Leader && !outcome && must_look_) outcome = attempt(stop);
  complain(outcome);
  return wait_after(outcome, began);
}

Result<void> LeaderElection::attempt(const std::stop_token& stop) {
  if (must_look_) EVALSCALER_TRY(look(stop));
  if (role_ == Role::Leader && metadata_ && !is_ours()) {
    lose("another process holds the lease: " + (seen_->holder.empty() ? "nobody" : seen_->holder));
  }
  if (role_ == Role::Lost || is_held_by_another()) return {};
  return take(stop);
}

Result<void> LeaderElection::look(const std::stop_token& stop) {
  auto answer = api_.get(path_, stop);
  if (!answer && answer.error().kind == ErrorKind::NotFound) {
    metadata_.reset();
    must_look_ = false;
    return {};
  }
  if (!answer) return std::move(answer).error();
  auto record = read_lease(*answer);
  if (!record) return std::move(record).error();
  learn(std::move(record).value());
  return {};
}

Result<void> LeaderElection::take(const std::stop_token& stop) {
  const LeaseRecord wanted{metadata_.value_or(new_lease_metadata(settings_.lease)), own_spec()};
  tried_ = true;
  const SteadyTime sent = clock_.steady();
  auto answer = send(wanted, stop);
  if (!answer) {
    must_look_ = is_outdated(answer.error().kind);
    return std::move(answer).error();
  }
  auto record = read_lease(*answer);
  if (record) {
    learn(std::move(record).value());
  } else {  // it was done all the same; only its revision is unknown
    seen_ = wanted.spec;
    seen_at_ = sent;
    must_look_ = true;
  }
  const SteadyTime until = sent + settings_.renew_deadline;
  if (leadership_.extend(until, clock_.steady()) == Leadership::Extension::TooLate) {
    lose("the answer to the last renewal came after its deadline");
    return {};
  }
  if (std::exchange(role_, Role::Leader) != Role::Leader) {
    telemetry::log_info("leading", {{"lease", settings_.lease.text()},
                                    {"identity", settings_.identity},
                                    {"transitions", wanted.spec.transitions}});
  }
  return {};
}

Result<std::string> LeaderElection::send(const LeaseRecord& record, const std::stop_token& stop) {
  if (metadata_) return api_.replace(path_, lease_json(record), stop);
  return api_.create(collection_path(lease_resource(), settings_.lease.space), lease_json(record),
                     stop);
}

void LeaderElection::learn(LeaseRecord record) {
  const bool new_holder = !seen_ || seen_->holder != record.spec.holder;
  if (seen_ != record.spec) {
    const bool anothers = seen_ && !seen_->holder.empty() && !is_ours();
    const bool still_at_it =
        anothers && (record.spec.holder.empty() || record.spec.holder == seen_->holder);
    saw_predecessor_ = saw_predecessor_ || still_at_it;
    seen_ = std::move(record.spec);
    seen_at_ = clock_.steady();
    holder_.with([&](std::string& holder) { holder = seen_->holder; });
  }
  metadata_ = std::move(record.metadata);
  must_look_ = false;
  if (new_holder && is_held_by_another()) {
    telemetry::log_info("standing by", {{"lease", settings_.lease.text()},
                                        {"leader", seen_->holder},
                                        {"identity", settings_.identity}});
  }
}

LeaseSpec LeaderElection::own_spec() const {
  LeaseSpec spec;
  spec.holder = settings_.identity;
  spec.duration_seconds = settings_.lease_duration.count();
  spec.renewed = clock_.wall();
  spec.acquired = is_ours() ? seen_->acquired : spec.renewed;
  if (seen_) spec.transitions = seen_->transitions + (is_ours() ? 0 : 1);  // L10
  return spec;
}

bool LeaderElection::is_ours() const {
  return seen_ && seen_->holder == settings_.identity;
}

bool LeaderElection::is_held_by_another() const {
  return seen_ && !seen_->holder.empty() && !is_ours() && clock_.steady() < expiry();
}

// The holder acts by its own settings, which the record shows; a shorter time than ours is not
// believed.
SteadyTime LeaderElection::expiry() const {
  constexpr std::int64_t kLongest = 24 * 3600;
  const std::chrono::seconds told(std::min(seen_->duration_seconds, kLongest));
  return seen_at_ + std::max(told, settings_.lease_duration);
}

void LeaderElection::lose(const std::string& why) {
  role_ = Role::Lost;
  leadership_.end(why);
}

milliseconds LeaderElection::wait_after(const Result<void>& outcome, SteadyTime began) {
  if (role_ == Role::Lost) return kNever;
  using std::chrono::nanoseconds;
  const SteadyTime now = clock_.steady();
  nanoseconds wait = settings_.retry_period;
  if (role_ == Role::Leader) wait -= now - began;  // a slow server must not cost tries
  if (!outcome) wait = std::max<nanoseconds>(wait, outcome.error().retry_after.value_or(0s));
  if (role_ == Role::Leader) {
    wait = std::min<nanoseconds>(wait, leadership_.held_until().value_or(now) - now);
    return rounded_up(wait);
  }
  wait += std::chrono::duration_cast<nanoseconds>(wait * (kJitter * random_()));
  // Whoever waits for a dead leader does not wait longer than it must.
  if (outcome && is_held_by_another()) wait = std::min<nanoseconds>(wait, expiry() - now);
  return rounded_up(wait);
}

// Each trouble once: an outage must not flood the log.
void LeaderElection::complain(const Result<void>& outcome) {
  const bool race = !outcome && outcome.error().kind == ErrorKind::Conflict;
  const bool stopped = !outcome && outcome.error().kind == ErrorKind::Cancelled;
  const std::string complaint = outcome || race || stopped ? "" : outcome.error().message;
  const bool known = std::exchange(last_complaint_, complaint) == complaint;
  if (complaint.empty() || known) return;
  telemetry::log_warning(
      role_ == Role::Leader ? "the lease was not renewed" : "the lease cannot be taken",
      {{"lease", settings_.lease.text()}, {"error", complaint}});
}

void LeaderElection::release(const std::stop_token& stop) {
  role_ = Role::Lost;
  leadership_.end("released");
  for (int tries = 0; tried_ && tries < kReleaseTries; ++tries) {
    if (must_look_ && !look(stop)) return;
    if (!metadata_ || !is_ours()) return;
    LeaseSpec spec = own_spec();
    spec.holder.clear();
    spec.duration_seconds = 1;
    const auto answer = send({*metadata_, std::move(spec)}, stop);
    if (answer) {
      telemetry::log_info("lease released", {{"lease", settings_.lease.text()}});
      return;
    }
    must_look_ = true;
    if (answer.error().kind != ErrorKind::Conflict) {
      telemetry::log_warning(
          "the lease was not released and has to expire",
          {{"lease", settings_.lease.text()}, {"error", answer.error().message}});
      return;
    }
  }
}

}  // namespace evalscaler::kube
