// SPDX-License-Identifier: Apache-2.0
#include "kube/leader_election.hpp"

#include <gtest/gtest.h>

#include "fakes/manual_clock.hpp"
#include "fakes/scripted_kube_api.hpp"

namespace evalscaler::kube {
namespace {

using namespace std::chrono_literals;
using Verb = fakes::ScriptedKubeApi::Verb;
using Call = fakes::ScriptedKubeApi::Call;

constexpr const char* kLeases = "/apis/coordination.k8s.io/v1/namespaces/ops/leases";
constexpr const char* kLease = "/apis/coordination.k8s.io/v1/namespaces/ops/leases/evalscaler";

LeaseSpec held_by(const std::string& holder, std::int64_t transitions = 3) {
  LeaseSpec spec;
  spec.holder = holder;
  spec.duration_seconds = holder.empty() ? 1 : 15;
  spec.transitions = transitions;
  return spec;
}

std::string stored(const LeaseSpec& spec, const std::string& revision) {
  return lease_json({R"({"name":"evalscaler","resourceVersion":")" + revision + "\"}", spec});
}

class LeaderElectionTest : public ::testing::Test {
 protected:
  LeaderElectionTest() { settings_.lease = {"ops", "evalscaler"}; }

  std::chrono::milliseconds step() { return election_.step({}); }
  bool may_write() const { return leadership_.may_write(clock_.steady()); }
  LeaseRecord last_sent() const { return read_lease(api_.last_call().body).value(); }

  void expect_read(const LeaseSpec& spec, const std::string& revision = "10") {
    api_.expect(Verb::Get, kLease, stored(spec, revision));
  }
  void expect_absent() { api_.expect(Verb::Get, kLease, fail(ErrorKind::NotFound, "no lease")); }
  // As the server does it: what was sent, at the next revision.
  void expect_write(Verb verb, std::chrono::nanoseconds takes = 0s) {
    api_.expect(verb, verb == Verb::Create ? kLeases : kLease, [this, takes](const Call& call) {
      clock_.advance(takes);
      return Result(stored(read_lease(call.body).value().spec, std::to_string(++revision_)));
    });
  }
  void expect_write(Verb verb, ErrorKind refusal) {
    api_.expect(verb, verb == Verb::Create ? kLeases : kLease, fail(refusal, "refused"));
  }
  void become_leader() {
    expect_absent();
    expect_write(Verb::Create);
    step();
    ASSERT_TRUE(may_write());
  }

  int revision_ = 100;
  LeaderElectionSettings settings_{{"ops", "evalscaler"}, "me", 15s, 10s, 2s};
  fakes::ManualClock clock_;
  fakes::ScriptedKubeApi api_;
  Leadership leadership_;
  LeaderElection election_{settings_, api_, leadership_, clock_, [] { return 0.5; }};
};

TEST_F(LeaderElectionTest, L1TimesMustLeaveRoomForEachOther) {
  EXPECT_TRUE(check(settings_));
  settings_.renew_deadline = 15s;
  EXPECT_FALSE(check(settings_));
  settings_.renew_deadline = 2400ms;
  EXPECT_FALSE(check(settings_));
  settings_.renew_deadline = 2401ms;
  EXPECT_TRUE(check(settings_));
}

TEST_F(LeaderElectionTest, AbsentLeaseIsCreatedAndLed) {
  become_leader();
  EXPECT_EQ(last_sent().spec.holder, "me");
  EXPECT_EQ(last_sent().spec.duration_seconds, 15);
  EXPECT_EQ(last_sent().spec.transitions, 0);
  EXPECT_EQ(last_sent().spec.renewed, clock_.wall());
}

TEST_F(LeaderElectionTest, L11LostRaceForANewLeaseIsReadAgain) {
  expect_absent();
  expect_write(Verb::Create, ErrorKind::Conflict);
  step();
  EXPECT_FALSE(may_write());
  expect_read(held_by("other"));
  step();
  EXPECT_FALSE(may_write());
}

TEST_F(LeaderElectionTest, L2CandidateWaitsAFullDurationByItsOwnClock) {
  expect_read(held_by("other"));
  EXPECT_EQ(step(), 2200ms) << "the retry period and half of its jitter";
  clock_.advance(14s);
  expect_read(held_by("other"));
  EXPECT_EQ(step(), 1s) << "not later than the lease can be taken";
  clock_.advance(1s);
  expect_read(held_by("other"), "55");
  expect_write(Verb::Replace);
  step();
  EXPECT_TRUE(may_write());
  EXPECT_NE(last_sent().metadata.find(R"("resourceVersion":"55")"), std::string::npos) << "L4";
  EXPECT_EQ(last_sent().spec.transitions, 4) << "L10";
}

TEST_F(LeaderElectionTest, L2AnyChangeOfTheRecordStartsTheWaitAnew) {
  LeaseSpec record = held_by("other");
  expect_read(record);
  step();
  clock_.advance(14s);
  record.renewed = clock_.wall();
  expect_read(record);
  step();
  clock_.advance(14s);
  expect_read(record);
  step();
  EXPECT_FALSE(may_write());
}

// The holder's clock may say anything.
TEST_F(LeaderElectionTest, L2RenewTimeIsNotComparedWithOurClock) {
  LeaseSpec record = held_by("other");
  record.renewed = clock_.wall() - std::chrono::hours(24);
  expect_read(record);
  step();
  EXPECT_FALSE(may_write());
}

TEST_F(LeaderElectionTest, L2DurationInTheRecordIsWaitedForIfItIsLonger) {
  LeaseSpec record = held_by("other");
  record.duration_seconds = 60;
  expect_read(record);
  step();
  clock_.advance(59s);
  expect_read(record);
  EXPECT_EQ(step(), 1s);
  record.duration_seconds = 1;
  expect_read(record);
  step();
  clock_.advance(14s);
  expect_read(record);
  EXPECT_EQ(step(), 1s) << "nobody who writes such a record is known";
}

TEST_F(LeaderElectionTest, ReleasedLeaseIsTakenAtOnce) {
  expect_read(held_by(""));
  expect_write(Verb::Replace);
  step();
  EXPECT_TRUE(may_write());
  EXPECT_EQ(last_sent().spec.transitions, 4);
}

TEST_F(LeaderElectionTest, L4LostRaceForATakeoverWaitsAgain) {
  expect_read(held_by(""));
  expect_write(Verb::Replace, ErrorKind::Conflict);
  step();
  expect_read(held_by("other"));
  step();
  EXPECT_FALSE(may_write());
}

TEST_F(LeaderElectionTest, L4RenewalSendsTheRevisionItGotLast) {
  become_leader();
  for (const char* revision : {"101", "102"}) {
    clock_.advance(2s);
    expect_write(Verb::Replace);
    EXPECT_EQ(step(), 2s);
    EXPECT_NE(last_sent().metadata.find(revision), std::string::npos);
    EXPECT_EQ(last_sent().spec.renewed, clock_.wall());
    EXPECT_EQ(last_sent().spec.transitions, 0) << "L10";
  }
  EXPECT_EQ(last_sent().spec.acquired, clock_.wall() - 4s);
  EXPECT_FALSE(election_.saw_predecessor());
}

TEST_F(LeaderElectionTest, L4ConflictInARenewalIsReadAgainAtOnce) {
  become_leader();
  expect_write(Verb::Replace, ErrorKind::Conflict);
  expect_read(held_by("me"), "150");
  expect_write(Verb::Replace);
  step();
  EXPECT_TRUE(may_write());
  EXPECT_NE(last_sent().metadata.find("150"), std::string::npos);
}

TEST_F(LeaderElectionTest, L5AnotherHolderEndsTheLeadershipAtOnce) {
  become_leader();
  expect_write(Verb::Replace, ErrorKind::Conflict);
  expect_read(held_by("other"));
  step();
  EXPECT_FALSE(may_write());
  EXPECT_EQ(leadership_.wait_until_lost(clock_, {}), "another process holds the lease: other");
}

TEST_F(LeaderElectionTest, L5LostLeadershipAsksForNothingMore) {
  become_leader();
  clock_.advance(10s);
  EXPECT_GE(step(), 1h);
  EXPECT_GE(step(), 1h);
  EXPECT_EQ(leadership_.wait_until_lost(clock_, {}), "the lease could not be renewed in time");
}

TEST_F(LeaderElectionTest, L6DeadlineCountsFromTheSendNotFromTheAnswer) {
  become_leader();
  clock_.advance(2s);
  expect_write(Verb::Replace, 1s);
  step();
  clock_.advance(9s - 1ns);
  EXPECT_TRUE(may_write());
  clock_.advance(1ns);
  EXPECT_FALSE(may_write());
}

TEST_F(LeaderElectionTest, L6AnswerAfterTheDeadlineIsNoRenewal) {
  become_leader();
  clock_.advance(9s);
  expect_write(Verb::Replace, 2s);
  step();
  EXPECT_FALSE(may_write());
  EXPECT_TRUE(leadership_.wait_until_lost(clock_, {}));
}

TEST_F(LeaderElectionTest, FrozenBetweenSendAndAnswerOfTheTakeoverDoesNotLead) {
  expect_absent();
  expect_write(Verb::Create, 20s);
  step();
  EXPECT_FALSE(may_write());
}

TEST_F(LeaderElectionTest, FailedRenewalsAreTriedUntilTheDeadline) {
  become_leader();
  for (int seconds = 2; seconds < 10; seconds += 2) {
    clock_.advance(2s);
    expect_write(Verb::Replace, ErrorKind::Unavailable);
    EXPECT_EQ(step(), 2s);
    EXPECT_TRUE(may_write());
  }
  clock_.advance(1500ms);
  expect_write(Verb::Replace, ErrorKind::Unavailable);
  EXPECT_EQ(step(), 500ms) << "no longer than there is time";
}

TEST_F(LeaderElectionTest, SlowServerCostsNoTries) {
  become_leader();
  api_.expect(Verb::Replace, kLease, [this](const Call&) -> Result<std::string> {
    clock_.advance(1800ms);
    return fail(ErrorKind::Unavailable, "no answer");
  });
  EXPECT_EQ(step(), 200ms);
}

TEST_F(LeaderElectionTest, R38RenewalOfUnknownOutcomeIsReadBack) {
  become_leader();
  expect_write(Verb::Replace, ErrorKind::OutcomeUnknown);
  expect_read(held_by("me"), "150");
  expect_write(Verb::Replace);
  step();
  EXPECT_TRUE(may_write());
}

TEST_F(LeaderElectionTest, R38TakeoverOfUnknownOutcomeIsFoundOut) {
  expect_read(held_by(""));
  expect_write(Verb::Replace, ErrorKind::OutcomeUnknown);
  step();
  EXPECT_FALSE(may_write()) << "nothing is known";
  expect_read(held_by("me", 4), "150");
  expect_write(Verb::Replace);
  step();
  EXPECT_TRUE(may_write());
  EXPECT_EQ(last_sent().spec.transitions, 4) << "the holder did not change a second time";
}

TEST_F(LeaderElectionTest, L11LeaderCreatesADeletedLeaseAnewWithItsCount) {
  expect_read(held_by(""));
  expect_write(Verb::Replace);
  step();
  clock_.advance(2s);
  expect_write(Verb::Replace, ErrorKind::NotFound);
  expect_absent();
  expect_write(Verb::Create);
  step();
  EXPECT_TRUE(may_write());
  EXPECT_EQ(last_sent().spec.transitions, 4);
}

TEST_F(LeaderElectionTest, L11LeaseDeletedUnderItsHolderIsNotFreeBeforeItsTime) {
  expect_read(held_by("other"));
  step();
  clock_.advance(14s);
  expect_absent();
  EXPECT_EQ(step(), 1s);
  clock_.advance(1s);
  expect_absent();
  expect_write(Verb::Create);
  step();
  EXPECT_TRUE(may_write());
  EXPECT_EQ(last_sent().spec.transitions, 4);
}

TEST_F(LeaderElectionTest, PredecessorIsSeenOnlyIfItDoesSomethingMeanwhile) {
  LeaseSpec record = held_by("other");
  expect_read(record);
  step();
  clock_.advance(14s);
  EXPECT_FALSE(election_.saw_predecessor()) << "it may be dead";
  record.renewed = clock_.wall();
  expect_read(record);
  step();
  EXPECT_TRUE(election_.saw_predecessor());
}

TEST_F(LeaderElectionTest, ReleaseBeforeOurEyesShowsThePredecessor) {
  expect_read(held_by("other"));
  step();
  expect_read(held_by(""));
  expect_write(Verb::Replace);
  step();
  EXPECT_TRUE(election_.saw_predecessor());
}

TEST_F(LeaderElectionTest, R39RetryAfterIsObeyed) {
  api_.expect(Verb::Get, kLease, Error{ErrorKind::Unavailable, "too many requests", 5s});
  EXPECT_GE(step(), 5s);
}

TEST_F(LeaderElectionTest, ARecordThatCannotBeReadIsNotTaken) {
  api_.expect(Verb::Get, kLease, "<html>");
  step();
  EXPECT_FALSE(may_write());
}

TEST_F(LeaderElectionTest, AnswerThatCannotBeReadIsASuccessAndReadAgain) {
  become_leader();
  clock_.advance(2s);
  api_.expect(Verb::Replace, kLease, "<html>");
  step();
  clock_.advance(9s);
  EXPECT_TRUE(may_write()) << "it was written";
  expect_read(held_by("me"), "150");
  expect_write(Verb::Replace);
  step();
  EXPECT_TRUE(may_write());
}

TEST_F(LeaderElectionTest, L8ReleaseEndsTheLeadershipBeforeItLetsGo) {
  become_leader();
  api_.expect(Verb::Replace, kLease, [this](const Call& call) {
    EXPECT_FALSE(may_write());
    return Result(call.body);
  });
  election_.release({});
  EXPECT_EQ(last_sent().spec.holder, "");
  EXPECT_EQ(last_sent().spec.duration_seconds, 1);
  EXPECT_EQ(last_sent().spec.transitions, 0);
}

TEST_F(LeaderElectionTest, L8ReleaseIsTriedAgainOnAConflict) {
  become_leader();
  expect_write(Verb::Replace, ErrorKind::Conflict);
  expect_read(held_by("me"), "150");
  expect_write(Verb::Replace);
  election_.release({});
  EXPECT_EQ(last_sent().spec.holder, "");
}

TEST_F(LeaderElectionTest, L8WhatAnotherHoldsIsNotReleased) {
  become_leader();
  expect_write(Verb::Replace, ErrorKind::Conflict);
  expect_read(held_by("other"));
  election_.release({});
  EXPECT_FALSE(may_write());
}

TEST_F(LeaderElectionTest, L13StopWithoutEverLeadingWritesNothing) {
  expect_read(held_by("other"));
  step();
  election_.release({});
  EXPECT_EQ(api_.calls().size(), 1U);
}

TEST_F(LeaderElectionTest, TakeoverThatTheStopCutShortIsReleased) {
  expect_absent();
  expect_write(Verb::Create, ErrorKind::Cancelled);
  step();
  expect_read(held_by("me"), "150");
  expect_write(Verb::Replace);
  election_.release({});
  EXPECT_EQ(last_sent().spec.holder, "");
}

}  // namespace
}  // namespace evalscaler::kube
