// SPDX-License-Identifier: Apache-2.0
// LeaderElection: takes a Lease, keeps it, gives it back; a state machine of single steps.
//
// Authority: client-go tools/leaderelection (L1..L13). A candidate takes the lease when its
// holder has let it go, or when the record has not changed for the whole lease duration by the
// candidate's own steady clock. It is stricter than client-go in one place: a lease that is
// deleted under a holder this process has seen is not free before that time either.
// step() and release() are called by one thread at a time; the outcome is in the Leadership.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "core/clock.hpp"
#include "core/guarded.hpp"
#include "core/object_key.hpp"
#include "core/result.hpp"
#include "kube/kube_api.hpp"
#include "kube/leadership.hpp"
#include "kube/lease_record.hpp"

namespace evalscaler::kube {

struct LeaderElectionSettings {
  ObjectKey lease;
  std::string identity;  // of this process, and of no other ever (L9)
  std::chrono::seconds lease_duration{15};
  std::chrono::milliseconds renew_deadline{10'000};
  std::chrono::milliseconds retry_period{2'000};  // candidates: up to 1.2 times as long
};

// L1: lease_duration > renew_deadline > 1.2 x retry_period.
Result<void> check(const LeaderElectionSettings& settings);

class LeaderElection {
 public:
  // The settings passed check(). The requests of `api` end within less than retry_period (L7)
  // and ask no gate. `random` yields [0, 1). References must outlive the election.
  LeaderElection(LeaderElectionSettings settings, KubeApi& api, Leadership& leadership,
                 const Clock& clock, std::function<double()> random);

  // One attempt to take or to keep the lease; returns how long to wait before the next one.
  // When the leadership is lost it asks for nothing more.
  std::chrono::milliseconds step(const std::stop_token& stop);

  // Whether the holder before us was at work while we stood by: it renewed or released the lease
  // before our eyes. Does not change any more once we lead.
  bool saw_predecessor() const { return saw_predecessor_; }

  // Who holds the lease as far as this process has seen; empty: nobody, or not looked yet.
  // Thread-safe.
  std::string holder() const {
    return holder_.with([](const std::string& holder) { return holder; });
  }

  // After the last guarded write (L8): ends the leadership and, if the lease is ours, lets it
  // go, so that nobody has to wait for it. Asks for nothing if it was never tried for (L13).
  void release(const std::stop_token& stop);

 private:
  enum class Role { Candidate, Leader, Lost };

  Result<void> attempt(const std::stop_token& stop);
  Result<void> look(const std::stop_token& stop);
  Result<void> take(const std::stop_token& stop);
  Result<std::string> send(const LeaseRecord& record, const std::stop_token& stop);
  void learn(LeaseRecord record);
  LeaseSpec own_spec() const;
  bool is_ours() const;
  bool is_held_by_another() const;
  SteadyTime expiry() const;
  void lose(const std::string& why);
  std::chrono::milliseconds wait_after(const Result<void>& outcome, SteadyTime began);
  void complain(const Result<void>& outcome);

  const LeaderElectionSettings settings_;
  const std::string path_;
  KubeApi& api_;
  Leadership& leadership_;
  const Clock& clock_;
  const std::function<double()> random_;
  Role role_ = Role::Candidate;
  // The record as last seen, and when it was first seen so; kept when the lease is deleted.
  std::optional<LeaseSpec> seen_;
  SteadyTime seen_at_;
  Guarded<std::string> holder_;          // of seen_, for other threads
  std::optional<std::string> metadata_;  // empty: absent, or to be read again
  bool must_look_ = true;
  bool tried_ = false;  // a write may have made it ours
  bool saw_predecessor_ = false;
  std::string last_complaint_;
};

}  // namespace evalscaler::kube
