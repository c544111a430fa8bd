// SPDX-License-Identifier: Apache-2.0
#include "kube/api_event_recorder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "fakes/manual_clock.hpp"
#include "fakes/scripted_kube_api.hpp"

namespace evalscaler::kube {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Verb = fakes::ScriptedKubeApi::Verb;

constexpr const char* kEvents = "/apis/events.k8s.io/v1/namespaces/ml/events";

class ApiEventRecorderTest : public ::testing::Test {
 protected:
  ApiEventRecorderTest()
      : about_{"evalscaler.io/v1alpha1", "EvaluationService", {"ml", "svc"}, "uid-1", "7"},
        recorder_(api_, clock_, metrics_, "pod-1") {}
  ~ApiEventRecorderTest() override { stop(); }

  void start() {
    thread_ = std::jthread([this](const std::stop_token& stop) { recorder_.run(stop); });
  }
  void stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }
  void record(const std::string& note = "from 5 to 8") {
    recorder_.record(about_, EventType::Normal, "ScaledUp", "Scale", note);
  }
  // Runs until everything recorded so far was asked of the API.
  void deliver() {
    start();
    EXPECT_TRUE(api_.wait_until_used());
    stop();
    thread_ = {};
  }
  static std::string name_in(const std::string& body) {
    const std::size_t begin = body.find("\"name\":\"") + 8;
    return body.substr(begin, body.find('"', begin) - begin);
  }

  fakes::ScriptedKubeApi api_;
  fakes::ManualClock clock_;
  telemetry::Metrics metrics_;
  ObjectReference about_;
  ApiEventRecorder recorder_;
  std::jthread thread_;
};

TEST_F(ApiEventRecorderTest, WritesWhatTheServerDemands) {
  clock_.advance(std::chrono::microseconds(1'000'002));
  record();
  api_.expect(Verb::Create, kEvents, "{}");
  deliver();
  const std::string body = api_.last_call().body;
  EXPECT_THAT(body, StartsWith(R"({"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{)"));
  EXPECT_THAT(name_in(body), ::testing::MatchesRegex("svc\\.[0-9a-f]{16}"));
  EXPECT_THAT(body, HasSubstr(R"("eventTime":"2026-01-01T00:00:01.000002Z")"));  // MicroTime
  EXPECT_THAT(body, HasSubstr(R"("reportingController":"evalscaler.io/evalscaler")"));
  EXPECT_THAT(body, HasSubstr(R"("reportingInstance":"pod-1","action":"Scale")"));
  EXPECT_THAT(body, HasSubstr(R"("reason":"ScaledUp","type":"Normal","note":"from 5 to 8")"));
  EXPECT_THAT(body, HasSubstr(R"("regarding":{"apiVersion":"evalscaler.io/v1alpha1",)"
                              R"("kind":"EvaluationService","namespace":"ml","name":"svc",)"
                              R"("uid":"uid-1","resourceVersion":"7"})"));
}

TEST_F(ApiEventRecorderTest, ARepeatWithinTenMinutesBecomesASeries) {
  record();
  api_.expect(Verb::Create, kEvents, "{}");
  deliver();
  const std::string name = name_in(api_.last_call().body);
  clock_.advance(std::chrono::minutes(9));
  record();
  api_.expect(Verb::Patch, std::string(kEvents) + "/" + name, "{}");
  deliver();
  EXPECT_EQ(api_.last_call().patch, PatchType::Merge);
  EXPECT_EQ(api_.last_call().body,
            R"({"series":{"count":2,"lastObservedTime":"2026-01-01T00:09:00.000000Z"}})");
}

TEST_F(ApiEventRecorderTest, ManyRepeatsAreWrittenAtMostOncePerMinute) {
  for (int i = 0; i < 5; ++i) record();  // created, written as 2, then only counted
  record("the last one in the queue");
  api_.expect(Verb::Create, kEvents, "{}");
  api_.expect(Verb::Patch, "", "{}");
  api_.expect(Verb::Create, kEvents, "{}");
  deliver();
  clock_.advance(std::chrono::seconds(61));
  record();
  api_.expect(Verb::Patch, "", "{}");
  deliver();
  EXPECT_THAT(api_.last_call().body, HasSubstr(R"("count":6)"));
}

TEST_F(ApiEventRecorderTest, TheSameNewsLaterIsANewEvent) {
  record();
  api_.expect(Verb::Create, kEvents, "{}");
  deliver();
  const std::string first = name_in(api_.last_call().body);
  clock_.advance(std::chrono::minutes(10));
  record();
  api_.expect(Verb::Create, kEvents, "{}");
  deliver();
  EXPECT_NE(name_in(api_.last_call().body), first);
}

TEST_F(ApiEventRecorderTest, DifferentNewsAreDifferentEvents) {
  record("from 5 to 8");
  record("from 8 to 9");
  api_.expect(Verb::Create, kEvents, "{}");
  api_.expect(Verb::Create, kEvents, "{}");
  deliver();
  EXPECT_NE(name_in(api_.calls()[0].body), name_in(api_.calls()[1].body));
}

TEST_F(ApiEventRecorderTest, AlreadyExistsIsSuccess) {  // R42
  record();
  api_.expect(Verb::Create, kEvents, fail(ErrorKind::Conflict, "exists"));
  deliver();
  EXPECT_THAT(metrics_.exposition(), HasSubstr("result=\"created\""));
}

TEST_F(ApiEventRecorderTest, AnUnknownOutcomeIsSentAgainUnderTheSameName) {
  record();
  api_.expect(Verb::Create, kEvents, fail(ErrorKind::OutcomeUnknown, "cut"));
  api_.expect(Verb::Create, kEvents, fail(ErrorKind::Conflict, "exists"));
  start();
  // The pause before the second one begins at a moment that only its thread knows.
  while (api_.calls().size() < 2) {
    clock_.advance(std::chrono::milliseconds(10));
    std::this_thread::yield();
  }
  stop();
  EXPECT_EQ(api_.calls()[0].body, api_.calls()[1].body);
}

TEST_F(ApiEventRecorderTest, AnEventPutOffForLongIsGivenUp) {  // R39
  record();
  record("another");
  Error busy = fail(ErrorKind::Unavailable, "too many requests");
  busy.retry_after = std::chrono::seconds(120);
  api_.expect(Verb::Create, kEvents, busy);
  api_.expect(Verb::Create, kEvents, "{}");
  deliver();
  EXPECT_THAT(metrics_.exposition(), HasSubstr("result=\"failed\"} 1"));
}

TEST_F(ApiEventRecorderTest, ARefusedEventIsCountedAndNeverRetried) {
  record();
  record("another");
  api_.expect(Verb::Create, kEvents, fail(ErrorKind::Forbidden, "no"));
  api_.expect(Verb::Create, kEvents, "{}");
  deliver();
  EXPECT_THAT(metrics_.exposition(), HasSubstr("result=\"failed\""));
}

TEST_F(ApiEventRecorderTest, AnEventThatExpiredInTheClusterBeginsANewSeries) {
  record();
  api_.expect(Verb::Create, kEvents, "{}");
  deliver();
  clock_.advance(std::chrono::minutes(2));
  record();
  api_.expect(Verb::Patch, "", fail(ErrorKind::NotFound, "gone"));
  api_.expect(Verb::Create, kEvents, "{}");
  deliver();
}

TEST_F(ApiEventRecorderTest, AFullQueueDropsAndCountsWithoutBlocking) {
  for (int i = 0; i < 257; ++i) record(std::to_string(i));
  EXPECT_THAT(metrics_.exposition(), HasSubstr("result=\"dropped\"} 1"));
}

TEST_F(ApiEventRecorderTest, NotesAndNamesFitTheServersLimits) {
  about_.key.name = std::string(230, 'a') + "-" + std::string(22, 'b');
  record(std::string(5000, 'n'));
  api_.expect(Verb::Create, kEvents, "{}");
  deliver();
  const std::string name = name_in(api_.last_call().body);
  EXPECT_LE(name.size(), 253U);
  EXPECT_THAT(api_.last_call().body, HasSubstr(std::string(1021, 'n') + "...\""));
  about_.key.name = std::string(235, 'a') + "-" + std::string(17, 'b');
  record();
  api_.expect(Verb::Create, kEvents, "{}");
  deliver();
  EXPECT_THAT(name_in(api_.last_call().body), ::testing::HasSubstr("a."));
}

TEST_F(ApiEventRecorderTest, EventsOfClusterScopedObjectsGoToDefault) {
  about_.key.space.clear();
  record();
  api_.expect(Verb::Create, "/apis/events.k8s.io/v1/namespaces/default/events", "{}");
  deliver();
}

}  // namespace
}  // namespace evalscaler::kube
