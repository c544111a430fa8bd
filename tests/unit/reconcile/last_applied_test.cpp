// SPDX-License-Identifier: Apache-2.0
#include "reconcile/last_applied.hpp"

#include <gtest/gtest.h>

namespace evalscaler::reconcile {
namespace {

using std::chrono::seconds;

const WallTime kThen{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}.time_since_epoch()};

api::TargetObservation target(api::Replicas replicas, std::optional<WallTime> write) {
  api::TargetObservation out;
  out.spec_replicas = replicas;
  out.our_last_write = write;
  return out;
}

api::TargetObservation written_by(const char* manager, api::Replicas replicas) {
  api::TargetObservation out = target(replicas, std::nullopt);
  out.last_writer = api::ReplicasWriter{manager, std::nullopt};
  return out;
}

api::DecisionRecord applied(api::Replicas from, api::Replicas to) {
  api::DecisionRecord out;
  out.from = from;
  out.to = to;
  out.applied = true;
  return out;
}

Remembered at_first_look(std::optional<api::Replicas> status_replicas) {
  Remembered out;
  out.status_replicas = status_replicas;
  out.now = kThen;
  return out;
}

TEST(LastApplied, IsWhatStatusSaysWhenNobodyKnowsBetter) {
  Remembered remembered;
  remembered.known = {kThen, std::nullopt};
  remembered.status_replicas = 8;
  const auto out = last_applied(remembered, target(8, std::nullopt));
  EXPECT_EQ(out.deciding.last_scale_up, kThen);
  EXPECT_FALSE(out.deciding.last_scale_down);
}

TEST(LastApplied, WriteThatStatusNeverSawKeepsItsCooldownAndItsDirection) {
  Remembered remembered;
  remembered.status_replicas = 5;
  const auto up = last_applied(remembered, target(8, kThen));
  EXPECT_EQ(up.deciding.last_scale_up, kThen);
  EXPECT_FALSE(up.deciding.last_scale_down);
  EXPECT_EQ(up.recording.last_scale_up, kThen) << "status is made good";
  remembered.status_replicas = 9;
  const auto down = last_applied(remembered, target(8, kThen));
  EXPECT_EQ(down.deciding.last_scale_down, kThen);
  EXPECT_FALSE(down.deciding.last_scale_up);
}

TEST(LastApplied, ScaleThatStatusNeverSawIsAnEvent) {
  auto remembered = at_first_look(5);
  const auto found = last_applied(remembered, written_by("evalscaler", 8)).untold;
  ASSERT_TRUE(found);
  EXPECT_EQ(found->change, 3);
  EXPECT_EQ(found->time, kThen);
  EXPECT_FALSE(last_applied(remembered, written_by("kubectl", 8)).untold);
  EXPECT_FALSE(last_applied(at_first_look(8), written_by("evalscaler", 8)).untold);
  EXPECT_FALSE(last_applied(at_first_look({}), written_by("evalscaler", 8)).untold)
      << "by how much is not known";
}

// The status is newer than the watch of the target: first it seems to be at 5, then it is at 8.
TEST(LastApplied, ScaleThatTheWatchShowsLateIsNoOtherOne) {
  auto record = applied(5, 8);
  record.time = kThen - seconds(10);
  auto remembered = at_first_look(8);
  remembered.newest = &record;
  remembered.last_seen = 5;
  EXPECT_FALSE(last_applied(remembered, written_by("evalscaler", 8)).untold);
  record.time = kThen - seconds(600);
  EXPECT_TRUE(last_applied(remembered, written_by("evalscaler", 8)).untold) << "that was another";
}

// Somebody took one away a moment before we put one back (simulation, seed 7538).
TEST(LastApplied, OurWriteIsNotHiddenByAnothersTheOtherWay) {
  Remembered remembered;
  remembered.known = {std::nullopt, kThen};
  remembered.last_seen = 5;
  const auto out = last_applied(remembered, target(6, kThen));
  EXPECT_EQ(out.deciding.last_scale_up, kThen);
  EXPECT_EQ(out.recording.last_scale_up, kThen);
}

TEST(LastApplied, WriteOfUnknownDirectionHoldsBothWays) {
  for (const auto status_replicas : {std::optional<api::Replicas>(), std::optional(8)}) {
    Remembered remembered;
    remembered.status_replicas = status_replicas;
    const auto out = last_applied(remembered, target(8, kThen));
    EXPECT_EQ(out.deciding.last_scale_up, kThen);
    EXPECT_EQ(out.deciding.last_scale_down, kThen);
  }
}

TEST(LastApplied, SameWriteByTheServersClockIsNotWrittenToStatusAgain) {
  const auto record = applied(5, 8);
  Remembered remembered;
  remembered.known = {kThen, std::nullopt};
  remembered.status_replicas = 8;
  remembered.newest = &record;
  const auto out = last_applied(remembered, target(8, kThen + seconds(2)));
  EXPECT_EQ(out.deciding.last_scale_up, kThen + seconds(2));
  EXPECT_FALSE(out.deciding.last_scale_down);
  EXPECT_EQ(out.recording.last_scale_up, kThen);
}

TEST(LastApplied, OlderWriteChangesNothing) {
  Remembered remembered;
  remembered.known = {kThen, std::nullopt};
  remembered.status_replicas = 5;
  const auto out = last_applied(remembered, target(8, kThen - seconds(1)));
  EXPECT_EQ(out.deciding.last_scale_up, kThen);
  EXPECT_FALSE(out.deciding.last_scale_down);
}

TEST(LastApplied, WriteOfOursWithoutATimeCountsFromTheFirstLook) {
  for (const auto& seen : {written_by("evalscaler", 8), target(8, std::nullopt)}) {
    const auto out = last_applied(at_first_look(5), seen);
    EXPECT_EQ(out.deciding.last_scale_up, kThen);
    EXPECT_EQ(out.recording.last_scale_up, kThen);
    EXPECT_FALSE(out.deciding.last_scale_down);
  }
  EXPECT_EQ(last_applied(at_first_look(9), written_by("evalscaler", 8)).deciding.last_scale_down,
            kThen);
}

// Decided 7 -> 8, which status has; then somebody set 5, which status has too; then our 5 -> 8 was
// lost with the process that wrote it.
TEST(LastApplied, OlderDecisionForTheSameNumberDoesNotExplainALostWrite) {
  const auto record = applied(7, 8);
  Remembered remembered = at_first_look(5);
  remembered.newest = &record;
  EXPECT_EQ(last_applied(remembered, written_by("evalscaler", 8)).deciding.last_scale_up, kThen);
}

TEST(LastApplied, WhatStatusOrSomebodyElseExplainsIsNoLostWrite) {
  EXPECT_FALSE(last_applied(at_first_look(8), written_by("evalscaler", 8)).deciding.last_scale_up);
  EXPECT_FALSE(last_applied(at_first_look(5), written_by("kubectl", 8)).deciding.last_scale_up);
  EXPECT_FALSE(last_applied(at_first_look({}), written_by("evalscaler", 8)).deciding.last_scale_up)
      << "a new service";
  Remembered later = at_first_look(5);
  later.last_seen = 8;
  EXPECT_FALSE(last_applied(later, written_by("evalscaler", 8)).deciding.last_scale_up)
      << "this process knows what it wrote";
}

// Its answer was lost, and so was the look that should have confirmed it; the next one shows it.
TEST(LastApplied, OlderDecisionForTheSameNumberDoesNotExplainAWriteOfUnknownOutcome) {
  const auto record = applied(9, 8);
  Remembered remembered;
  remembered.status_replicas = 5;
  remembered.last_seen = 5;
  remembered.newest = &record;
  const auto out = last_applied(remembered, target(8, kThen));
  EXPECT_EQ(out.deciding.last_scale_up, kThen);
  EXPECT_EQ(out.recording.last_scale_up, kThen) << "or it is forgotten by the next look";
  EXPECT_FALSE(out.deciding.last_scale_down);
}

// A request that was given up, or one of a process before this one, was executed all the same.
TEST(LastApplied, WriteOfOursThatLandsLateStartsItsCooldownWhenItIsSeen) {
  Remembered remembered = at_first_look(5);
  remembered.last_seen = 5;
  const auto up = last_applied(remembered, written_by("evalscaler", 8));
  EXPECT_EQ(up.deciding.last_scale_up, kThen);
  EXPECT_EQ(up.recording.last_scale_up, kThen);
  EXPECT_FALSE(up.deciding.last_scale_down);
  EXPECT_EQ(last_applied(remembered, written_by("evalscaler", 4)).deciding.last_scale_down, kThen);
  EXPECT_FALSE(last_applied(remembered, written_by("kubectl", 8)).deciding.last_scale_up);
  EXPECT_FALSE(last_applied(remembered, target(8, std::nullopt)).deciding.last_scale_up)
      << "nobody knows who, and this process was there";
}

}  // namespace
}  // namespace evalscaler::reconcile
