// SPDX-License-Identifier: Apache-2.0
// Watcher: how it follows the server; how it fills its cache stands in watcher_list_test.cpp.
#include "kube/watcher.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "unit/kube/watcher_fixture.hpp"

namespace evalscaler::kube {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class WatcherTest : public WatcherFixture {};

TEST_F(WatcherTest, ResumesAtLastSeenRevisionAfterCleanEnd) {  // R2, R11
  sync();
  expect_watch({modified("a", 12, "2"), deleted("b", 15)});
  EXPECT_EQ(step(), milliseconds(0));
  EXPECT_EQ(last_revision(), "10");
  EXPECT_THAT(told(), ElementsAre("a=2", "b gone"));
  expect_watch({});
  EXPECT_EQ(step(), milliseconds(0));
  EXPECT_EQ(last_revision(), "15");
  EXPECT_FALSE(last_was_streamed_list());
}

TEST_F(WatcherTest, ResumesAtLastSeenRevisionAfterACut) {  // R2, R17
  sync();
  expect_watch({modified("a", 12, "2")}, fail(ErrorKind::Unavailable, "connection broke"));
  EXPECT_EQ(step(), milliseconds(0));
  expect_watch({});
  step();
  EXPECT_EQ(last_revision(), "12");
}

TEST_F(WatcherTest, SaysWhetherItsLastRequestCameToNothing) {  // R45
  EXPECT_FALSE(watcher_.health().failed) << "nothing was asked yet";
  expect_watch({}, fail(ErrorKind::Forbidden, "cannot watch things"));
  EXPECT_GT(step(), milliseconds(0));
  EXPECT_TRUE(watcher_.health().failed);
  EXPECT_TRUE(watcher_.health().denied);
  EXPECT_FALSE(watcher_.health().synced);
  EXPECT_EQ(cache_.refusal(""), "cannot watch things");
  sync();
  EXPECT_FALSE(watcher_.health().failed);
  EXPECT_FALSE(watcher_.health().denied);
  EXPECT_EQ(cache_.refusal(""), "");
  EXPECT_TRUE(watcher_.health().synced);
}

TEST_F(WatcherTest, ATroubleThatPassesIsNoRefusal) {  // R45
  expect_watch({}, fail(ErrorKind::Unavailable, "connection broke"));
  step();
  EXPECT_TRUE(watcher_.health().failed);
  EXPECT_FALSE(watcher_.health().denied);
  EXPECT_EQ(cache_.refusal(""), "");
}

TEST_F(WatcherTest, ABookmarkMovesTheRevisionAndReachesNobody) {  // R7
  sync();
  expect_watch({bookmark(50)});
  step();
  EXPECT_TRUE(told().empty());
  EXPECT_EQ(cache_.size(), 2U);
  expect_watch({});
  step();
  EXPECT_EQ(last_revision(), "50");
}

TEST_F(WatcherTest, WithoutAnyBookmarkItFollowsAllTheSame) {  // R8
  sync();
  expect_watch({modified("a", 20, "4")});
  step();
  expect_watch({});
  EXPECT_EQ(step(), milliseconds(0));
  EXPECT_EQ(last_revision(), "20");
  expect_watch({modified("a", 30, "5")});
  step();
  EXPECT_EQ(last_revision(), "20");
  EXPECT_THAT(told(), ElementsAre("a=4", "a=5"));
}

TEST_F(WatcherTest, ABookmarkThatComesLateDoesNotTurnBackTheRevision) {  // R2, R23
  sync();
  expect_watch({modified("a", 60, "4"), bookmark(50), modified("a", 55, "3")});
  step();
  EXPECT_THAT(told(), ElementsAre("a=4"));
  expect_watch({});
  step();
  EXPECT_EQ(last_revision(), "60");
}

TEST_F(WatcherTest, AFrameWithoutARevisionEndsTheStreamWhereItStood) {  // R2, R23
  sync();
  const std::string whole = modified("a", 60, "4");
  const std::string named = R"("resourceVersion":"60")";
  for (const std::string revision : {"", "abc", "0", "060", "-1"}) {
    std::string frame = whole;
    frame.replace(frame.find(named), named.size(), R"("resourceVersion":")" + revision + '"');
    expect_watch({frame, modified("a", 70, "5")});
    step();
    EXPECT_TRUE(told().empty()) << revision;
    EXPECT_EQ(last_revision(), "10") << revision;
  }
}

TEST_F(WatcherTest, AllThreeFormsOf410LeadToOneStreamedList) {  // R3, R4
  const std::vector<std::function<void()>> kForms{
      [&] { api_.expect_watch(kThingsPath, {}, fail(ErrorKind::Expired, "HTTP 410")); },
      [&] { expect_watch({error_frame(410, "Expired")}); },
      [&] { expect_watch({error_frame(410, "Gone")}); }};
  sync();
  for (const auto& form : kForms) {
    expect_watch({bookmark(60)});  // a watch that works
    step();
    form();
    EXPECT_EQ(step(), milliseconds(0));
    expect_watch({added("a", 3), added("b", 2), initial_end(70)});
    step();
    EXPECT_TRUE(last_was_streamed_list());
    EXPECT_EQ(last_revision(), "");
  }
  EXPECT_TRUE(told().empty());  // nothing had changed
}

TEST_F(WatcherTest, AServerThatForgetsAtOnceIsNotAskedInACircle) {
  for (const int wait : {800, 1600, 3200}) {
    expect_watch({added("a", 3), initial_end(10), error_frame(410, "Expired")}, {}, seconds(0));
    EXPECT_EQ(step(), milliseconds(wait));
  }
}

TEST_F(WatcherTest, AnErrorEventsObjectIsNeverAnItem) {  // R10
  sync();
  expect_watch({frame("ERROR", thing_json("evil", 90)), modified("a", 91, "9")});
  step();
  EXPECT_TRUE(told().empty());
  expect_watch({});
  step();
  EXPECT_EQ(last_revision(), "10");
}

TEST_F(WatcherTest, UnknownTypesAndForeignKindsAreDroppedAndCounted) {  // R10
  sync();
  expect_watch({frame("GREETING", thing_json("a", 11, "9")),
                R"({"type":"MODIFIED","object":{"kind":"Table","apiVersion":"meta.k8s.io/v1",
                   "metadata":{"name":"a","namespace":"ml","resourceVersion":"12"}}})",
                modified("b", 13, "4")});
  step();
  EXPECT_THAT(told(), ElementsAre("b=4"));
  EXPECT_THAT(metrics(), HasSubstr("evalscaler_dropped_objects_total{resource=\"things\"} 2"));
}

TEST_F(WatcherTest, DuplicatesAndStragglersDoNotTurnBackTheCache) {  // R23
  sync();
  expect_watch({modified("a", 12, "2"), modified("a", 11, "1"), modified("a", 12, "2")});
  step();
  EXPECT_THAT(told(), ElementsAre("a=2"));
}

TEST_F(WatcherTest, ANewUidUnderAnOldNameIsADeletionAndACreation) {  // R19
  sync();
  expect_watch({modified("a", 12, "2", "another-uid")});
  step();
  EXPECT_THAT(told(), ElementsAre("a gone", "a=2"));
}

TEST_F(WatcherTest, AnUnreadableFrameIsAskedForAgain) {  // R17
  sync();
  expect_watch({modified("a", 12, "2"), R"({"type":"MODIFIED","object":{"metad)"});
  EXPECT_GT(step(), milliseconds(0));
  expect_watch({});
  step();
  EXPECT_EQ(last_revision(), "12");
}

TEST_F(WatcherTest, AnObjectThatStopsDecodingLeavesTheCache) {
  sync();
  expect_watch({modified("a", 12, "1.5")});
  step();
  EXPECT_THAT(told(), ElementsAre("a gone"));
  EXPECT_EQ(undecodable_.size(), 1U);
  expect_watch({modified("a", 13, "3")});
  step();
  EXPECT_EQ(last_revision(), "12");  // the revision moved on all the same
  EXPECT_THAT(told(), ElementsAre("a=3"));
}

TEST_F(WatcherTest, VeryShortWatchBacksOff) {  // R12
  sync();
  api_.expect_watch(kThingsPath, std::vector<std::string>{});
  EXPECT_EQ(step(), milliseconds(800));
  EXPECT_THAT(metrics(), HasSubstr("reason=\"short\""));
}

TEST_F(WatcherTest, RefusedWatchBacksOffAndKeepsItsRevision) {  // R13, R14
  sync();
  for (const int wait : {800, 1600, 3200}) {
    api_.expect_watch(kThingsPath, {}, fail(ErrorKind::Unavailable, "refused"));
    EXPECT_EQ(step(), milliseconds(wait));
    EXPECT_EQ(last_revision(), "10");
  }
}

TEST_F(WatcherTest, WaitsAsLongAsTheServerAsks) {  // R39
  sync();
  api_.expect_watch(kThingsPath, {}, Error{ErrorKind::Unavailable, "initializing", seconds(9)});
  EXPECT_EQ(step(), milliseconds(9000));
}

TEST_F(WatcherTest, TheStreamsLengthIsDrawnBetween300And600Seconds) {  // R11
  sync();
  EXPECT_EQ(api_.last_call().watch_query.timeout, seconds(300));
  random_ = 0.999;
  expect_watch({});
  step();
  EXPECT_EQ(api_.last_call().watch_query.timeout, seconds(599));
}

TEST_F(WatcherTest, ARevisionNobodyAnswersForIsGivenUp) {  // R5
  sync();
  for (int i = 0; i < 2; ++i) {
    expect_watch({}, fail(ErrorKind::Unavailable, "idle"), seconds(90));
    EXPECT_EQ(step(), milliseconds(0));
  }
  expect_watch({added("a", 3), added("b", 2), initial_end(5)});
  step();
  EXPECT_TRUE(last_was_streamed_list());
}

TEST_F(WatcherTest, AnInternalErrorListsAnewAfterAPause) {  // R15
  sync();
  expect_watch({bookmark(60), error_frame(500, "InternalError")});
  EXPECT_GE(step(), milliseconds(1000));
  expect_watch({initial_end(70)});
  step();
  EXPECT_TRUE(last_was_streamed_list());
}

TEST_F(WatcherTest, ActivityIsSeenFromOutside) {
  EXPECT_FALSE(watcher_.health().last_activity.has_value());
  sync();
  clock_.advance(seconds(100));
  const SteadyTime now = clock_.steady();
  expect_watch({bookmark(60)});
  step();
  EXPECT_EQ(watcher_.health().last_activity, now);
}

TEST_F(WatcherTest, RunEndsWhenAskedInTheMiddleOfAWatch) {
  api_.expect_endless_watch(kThingsPath, {added("a", 3), initial_end(10)});
  std::jthread thread([&](const std::stop_token& stop) { watcher_.run(stop); });
  ASSERT_TRUE(api_.wait_until_used());
  thread.request_stop();
  thread.join();
  EXPECT_EQ(api_.calls().size(), 1U);
}

TEST_F(WatcherTest, RunEndsWhenAskedInTheMiddleOfAPause) {
  api_.expect_watch(kThingsPath, {}, fail(ErrorKind::Unavailable, "refused"));
  std::jthread thread([&](const std::stop_token& stop) { watcher_.run(stop); });
  ASSERT_TRUE(api_.wait_until_used());
  thread.request_stop();
  thread.join();
  EXPECT_EQ(api_.calls().size(), 1U);
}

}  // namespace
}  // namespace evalscaler::kube
