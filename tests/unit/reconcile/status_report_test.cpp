// SPDX-License-Identifier: Apache-2.0
// What users read: conditions, refusals, events; and how rarely status is written.
#include "reconcile/status_report.hpp"

#include "reconcile/status_writer.hpp"
#include "unit/reconcile/visit_fixture.hpp"

namespace evalscaler::reconcile {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using Reasons = std::vector<std::string>;

class StatusReport : public VisitFixture {};

TEST_F(StatusReport, NothingIsWrittenWhileNothingChanges) {
  warm_up();
  for (int i = 0; i < 100; ++i) evaluate_quietly();
}

TEST_F(StatusReport, MovedReadingIsWrittenEveryFiveMinutesAtMost) {
  warm_up();
  readings_.set("cpu", 60);
  for (seconds passed{0}; passed < kRefreshEvery - 3 * kInterval; passed += kInterval) {
    evaluate_quietly();
  }
  clock_.advance(kRefreshEvery);
  evaluate();
  EXPECT_EQ(status().tiers[0].metrics[0].value, 60);
}

TEST_F(StatusReport, StateOfAReadingIsWrittenAtOnceAndToldOnce) {
  warm_up();
  readings_.set("cpu", Reading::missing("no series for ml/web"));
  evaluate();
  EXPECT_EQ(condition("ScalingActive"), "False/MetricsUnavailable");
  EXPECT_EQ(condition("Ready"), "False/MetricsUnavailable");
  EXPECT_EQ(status().tiers[0].metrics[0].why, "no series for ml/web");
  EXPECT_EQ(status().tiers[0].current, 5);
  evaluate_quietly();
  EXPECT_EQ(events_.reasons(), Reasons{"Warning MetricsUnavailable"});
  readings_.set("cpu", 50);
  evaluate();
  EXPECT_EQ(condition("ScalingActive"), "True/ValidMetricFound");
  EXPECT_EQ(events_.reasons(), (Reasons{"Warning MetricsUnavailable", "Normal MetricsRecovered"}));
}

TEST_F(StatusReport, ABoundThatHasTheLastWordMakesNoReadingFresh) {
  warm_up();
  readings_.set("cpu", Reading::missing("no series for ml/web"));
  evaluate();
  tier().min_replicas = 6;
  apply_new_spec();
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(condition("Ready"), "Unknown/WaitingForReadings") << "not evaluated yet is no news";
  evaluate();
  ASSERT_EQ(target_.writes, (std::vector<std::string>{"5->6"}));
  EXPECT_EQ(condition("ScalingActive"), "False/MetricsUnavailable");
  EXPECT_EQ(events_.count("Normal MetricsRecovered"), 0);
}

TEST_F(StatusReport, ReadyPodsAreWrittenOncePerInterval) {
  warm_up();
  clock_.advance(kInterval);
  target_.seen.ready_replicas = 4;
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(status().summary, "app 4/5");
  clock_.advance(seconds(5));
  target_.seen.ready_replicas = 3;
  const auto next = visit();
  ASSERT_TRUE(next);
  EXPECT_EQ(**next, seconds(10)) << "its turn comes then";
  clock_.advance(seconds(10));
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(status().summary, "app 3/5");
}

TEST_F(StatusReport, TargetNotFoundIsSaidOnTheFirstVisitAndEndsWithItsCause) {
  target_.observe_error = fail(ErrorKind::NotFound, "Deployment ml/web does not exist");
  apply();
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(condition("Ready"), "False/TargetNotFound");
  EXPECT_EQ(condition("AbleToScale"), "False/TargetNotFound");
  EXPECT_EQ(message("Ready"), "tier app: Deployment ml/web does not exist");
  EXPECT_EQ(events_.reasons(), Reasons{"Warning TargetNotFound"});
  target_.observe_error.reset();
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(condition("Ready"), "Unknown/WaitingForReadings");
  EXPECT_EQ(condition("AbleToScale"), "True/ReadyForNewScale");
}

TEST_F(StatusReport, UnsupportedKindNamesWhatIsSupported) {
  tier().target.kind = "Job";
  apply();
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(condition("Ready"), "False/TargetUnsupported");
  EXPECT_EQ(message("Ready"), "tier app: kind Job cannot");
}

TEST_F(StatusReport, CorruptTargetIsUnreadable) {
  target_.observe_error = fail(ErrorKind::Invalid, "spec.replicas: -1 is no number of replicas");
  apply();
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(condition("Ready"), "False/TargetUnreadable");
}

TEST_F(StatusReport, InvalidSpecIsSaidWithFieldAndFixAndKeepsCooldowns) {
  warm_up();
  readings_.set("cpu", 90);
  evaluate();
  ASSERT_TRUE(status().tiers[0].last_scale_up);
  tier().min_replicas = 30;
  apply_new_spec();
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(condition("Ready"), "False/InvalidSpec");
  EXPECT_NE(message("Ready").find("minReplicas"), std::string::npos) << message("Ready");
  ASSERT_EQ(status().tiers.size(), 1U);
  EXPECT_TRUE(status().tiers[0].last_scale_up);
}

TEST_F(StatusReport, SpecThatCouldNotBeReadIsInvalid) {
  service_.spec_error = "spec.mode: must be one of Auto, DryRun, Paused";
  apply();
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(condition("Ready"), "False/InvalidSpec");
  EXPECT_EQ(message("Ready"), service_.spec_error);
}

TEST_F(StatusReport, UnknownMetricIsSaidWithTheFixWhileTheOthersGoOn) {
  api::ThresholdMetric other = tier().threshold->metrics[0];
  other.name = "cpu_usgae";
  tier().threshold->metrics.push_back(other);
  readings_.make_unknown("cpu_usgae", "unknown metric cpu_usgae; did you mean cpu_usage?");
  warm_up();
  EXPECT_EQ(condition("ScalingActive"), "False/UnknownMetric");
  EXPECT_EQ(message("ScalingActive"),
            "tier app: unknown metric cpu_usgae; did you mean cpu_usage?");
  EXPECT_EQ(readings_.demanded(kWeb).uses.size(), 1U) << "only what exists is asked for";
  readings_.set("cpu", 90);
  evaluate();
  EXPECT_EQ(target_.writes, std::vector<std::string>{"5->8"});
}

TEST_F(StatusReport, RefusalIsToldOnceAsLongAsItsReasonStands) {
  tier().max_replicas = 5;
  warm_up();
  readings_.set("cpu", 90);
  evaluate();
  EXPECT_EQ(condition("ScalingLimited"), "True/AtMaximum");
  EXPECT_EQ(events_.reasons(), Reasons{"Warning AtMaximum"});
  for (int i = 0; i < 10; ++i) evaluate_quietly();
  EXPECT_EQ(status().recent_decisions.size(), 1U);
  EXPECT_EQ(events_.reasons().size(), 1U);
}

TEST_F(StatusReport, IdleAtMinimumIsNoNews) {
  tier().min_replicas = 5;
  readings_.set("cpu", 1);
  warm_up();
  EXPECT_EQ(condition("ScalingLimited"), "True/AtMinimum");
  EXPECT_TRUE(events_.reasons().empty());
  EXPECT_TRUE(status().recent_decisions.empty());
}

TEST_F(StatusReport, LastTenDecisionsAreKept) {
  tier().threshold->scale_up.cooldown = seconds(0);
  tier().threshold->scale_up.step = 1;
  tier().max_replicas = 100;
  warm_up();
  readings_.set("cpu", 90);
  for (int i = 0; i < 12; ++i) evaluate();
  ASSERT_EQ(status().recent_decisions.size(), 10U);
  EXPECT_EQ(status().recent_decisions.back().to, 17);
}

TEST_F(StatusReport, RestartWritesNothingIfNothingChanged) {
  warm_up();
  make_reconciler();
  ASSERT_TRUE(visit());
  for (int i = 0; i < 4; ++i) evaluate_quietly();
}

TEST_F(StatusReport, ConflictIsTriedAgainFromWhatTheCacheShowsThen) {
  warm_up();
  readings_.set("cpu", 90);
  next_round();
  expect_status_write(fail(ErrorKind::Conflict, "object was modified"));
  ServiceObject live = service_;
  live.meta.resource_version = "200";
  live.status.summary = "somebody else's";
  expect_look(live);
  EXPECT_EQ(visit().error().kind, ErrorKind::Conflict);
  EXPECT_EQ(target_.writes.size(), 1U);
  readings_.complete_round();
  EXPECT_EQ(**visit(), std::chrono::milliseconds(100)) << "nothing is done before it is seen";
  service_.meta = live.meta;
  apply();
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(target_.writes.size(), 1U) << "scaled once";
  EXPECT_TRUE(status().recent_decisions.front().applied) << "what was done is not lost";
}

// Somebody puts a label on the object again and again.
TEST_F(StatusReport, R31RevisionThatMovedForNothingOfOursDoesNotStopAStatus) {
  warm_up();
  readings_.set("cpu", 90);
  next_round();
  ServiceObject live = service_;
  for (const char* revision : {"200", "201", "202"}) {
    expect_status_write(fail(ErrorKind::Conflict, "object was modified"));
    live.meta.resource_version = revision;
    expect_look(live);
  }
  std::string last;
  api_.expect(fakes::ScriptedKubeApi::Verb::Patch, kStatusPath, [&](const auto& call) {
    last = call.body;
    return Result(std::string(R"({"metadata":{"name":"web","resourceVersion":"203"}})"));
  });
  ASSERT_TRUE(visit());
  EXPECT_NE(last.find(R"("resourceVersion":"202")"), std::string::npos) << last;
}

TEST_F(StatusReport, OwnWriteIsKnownBeforeTheWatchShowsIt) {
  apply();
  std::string first_write;
  api_.expect(fakes::ScriptedKubeApi::Verb::Patch, kStatusPath, [&](const auto& call) {
    first_write = call.body;
    return Result(std::string(R"({"metadata":{"name":"web","resourceVersion":"107"}})"));
  });
  ASSERT_TRUE(visit());
  EXPECT_NE(first_write.find(R"("resourceVersion":"100")"), std::string::npos);
  ASSERT_TRUE(visit()) << "nothing new: no second write";
  readings_.complete_round();
  api_.expect(fakes::ScriptedKubeApi::Verb::Patch, kStatusPath, [&](const auto& call) {
    EXPECT_NE(call.body.find(R"("resourceVersion":"107")"), std::string::npos) << call.body;
    return Result(std::string(R"({"metadata":{"name":"web","resourceVersion":"108"}})"));
  });
  ASSERT_TRUE(visit());
}

}  // namespace
}  // namespace evalscaler::reconcile
