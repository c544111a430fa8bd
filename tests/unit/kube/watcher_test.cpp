// SPDX-License-Identifier: Apache-2.0
// Watcher: how it fills its cache (WatcherList) and how it follows the server (WatcherTest).
#include "kube/watcher.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "unit/kube/watcher_fixture.hpp"

namespace evalscaler::kube {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class WatcherList : public WatcherFixture {};

TEST_F(WatcherList, StreamedListShowsNothingBeforeItsEndAndThenAll) {  // R26
  api_.expect_watch(kThingsPath,
                    [&](const Api::Call&, wire::LineSink sink, const std::stop_token&) {
                      sink(added("a", 3));
                      sink(added("b", 2));
                      EXPECT_EQ(cache_.size(), 0U);
                      EXPECT_FALSE(cache_.synced());
                      EXPECT_FALSE(watcher_.health().synced);
                      sink(initial_end(10));
                      EXPECT_EQ(cache_.size(), 2U);
                      return Result<void>();
                    });
  step();
  EXPECT_TRUE(cache_.synced());
  EXPECT_TRUE(watcher_.health().synced);
  EXPECT_TRUE(last_was_streamed_list());
  EXPECT_EQ(last_revision(), "");  // the most recent state, never an old one (R1)
  EXPECT_THAT(told(), UnorderedElementsAre("a=1", "b=1"));
}

TEST_F(WatcherList, TheOrderOfInitialEventsSaysNothing) {  // R9
  expect_watch({added("a", 9), added("b", 2), added("c", 5), initial_end(10)});
  step();
  EXPECT_EQ(cache_.size(), 3U);
  expect_watch({});
  step();
  EXPECT_EQ(last_revision(), "10");
}

TEST_F(WatcherList, EventsInsideTheStreamedListCount) {
  expect_watch(
      {added("a", 3), added("b", 2), modified("a", 8, "7"), deleted("b", 9), initial_end(10)});
  step();
  EXPECT_THAT(told(), ElementsAre("a=7"));
}

TEST_F(WatcherList, TheSameStreamGoesOnAsTheWatch) {
  expect_watch({added("a", 3), initial_end(10), modified("a", 11, "5")});
  EXPECT_EQ(step(), milliseconds(0));
  EXPECT_THAT(told(), ElementsAre("a=1", "a=5"));
  expect_watch({});
  step();
  EXPECT_EQ(last_revision(), "11");  // R7
}

TEST_F(WatcherList, AStreamThatBreaksBeforeItsEndLeavesTheCacheAlone) {  // R17
  sync();
  expect_watch({error_frame(410, "Expired")});
  step();
  expect_watch({added("a", 20, "9")}, fail(ErrorKind::Unavailable, "cut"));
  step();
  EXPECT_TRUE(told().empty());
  EXPECT_EQ(cache_.size(), 2U);
}

TEST_F(WatcherList, ARelistAnnouncesOnlyWhatChanged) {  // R18
  sync();
  expect_watch({error_frame(410, "Expired")});
  step();
  expect_watch({added("a", 3), added("c", 30), initial_end(40)});
  step();
  EXPECT_THAT(told(), UnorderedElementsAre("c=1", "b gone"));
}

TEST_F(WatcherList, AServerWithoutStreamedListsIsReadByPages) {  // R26
  api_.expect_watch(kThingsPath, {}, fail(ErrorKind::Invalid, "sendInitialEvents is forbidden"));
  EXPECT_EQ(step(), milliseconds(0));
  api_.expect(Verb::List, kThingsPath, page(100, "more", thing_json("a", 3)));
  EXPECT_EQ(step(), milliseconds(0));
  EXPECT_EQ(api_.last_call().list_query.limit, 500);
  EXPECT_EQ(api_.last_call().list_query.resource_version, "");
  EXPECT_FALSE(cache_.synced());
  api_.expect(Verb::List, kThingsPath, page(130, "", thing_json("b", 4)));
  EXPECT_EQ(step(), milliseconds(0));
  EXPECT_EQ(api_.last_call().list_query.continue_token, "more");
  EXPECT_TRUE(cache_.synced());
  EXPECT_EQ(cache_.size(), 2U);
  expect_watch({});
  step();
  EXPECT_EQ(last_revision(), "100");  // the first page's (R6, R24)
  EXPECT_THAT(metrics(), HasSubstr("kind=\"paged\""));
}

TEST_F(WatcherList, AnOrdinaryBookmarkBeforeTheEndMeansNoStreamedLists) {
  api_.expect_watch(kThingsPath, {added("a", 3), bookmark(9)});
  EXPECT_EQ(step(), milliseconds(0));
  api_.expect(Verb::List, kThingsPath, page(100, "", thing_json("a", 3)));
  step();
  EXPECT_THAT(told(), ElementsAre("a=1"));
}

TEST_F(WatcherList, BuiltInItemsDoNotRepeatTheirKind) {
  api_.expect_watch(kThingsPath, {}, fail(ErrorKind::Invalid, "no"));
  step();
  api_.expect(Verb::List, kThingsPath,
              R"({"kind":"ThingList","metadata":{"resourceVersion":"5"},"items":[
                 {"metadata":{"name":"a","namespace":"ml","uid":"u","resourceVersion":"2"}}]})");
  step();
  EXPECT_THAT(told(), ElementsAre("a=0"));
}

TEST_F(WatcherList, ALostPageIsFollowedByOneWholeList) {  // R24
  api_.expect_watch(kThingsPath, {}, fail(ErrorKind::Invalid, "no"));
  step();
  api_.expect(Verb::List, kThingsPath, page(100, "more", thing_json("gone-meanwhile", 3)));
  step();
  api_.expect(Verb::List, kThingsPath, fail(ErrorKind::Expired, "continue token too old"));
  EXPECT_EQ(step(), milliseconds(0));
  api_.expect(Verb::List, kThingsPath, page(140, "", thing_json("a", 3)));
  step();
  EXPECT_EQ(api_.last_call().list_query.limit, 0);
  EXPECT_EQ(api_.last_call().list_query.resource_version, "100");
  EXPECT_EQ(api_.last_call().list_query.continue_token, "");
  EXPECT_THAT(told(), ElementsAre("a=1"));  // nothing of the broken list is left
}

TEST_F(WatcherList, WhatIsNoListIsNotTakenForAnEmptyOne) {
  sync();
  expect_watch({error_frame(410, "Expired")});
  step();
  for (const char* body : {"{}", R"({"kind":"Table","metadata":{"resourceVersion":"9"},"rows":[]})",
                           R"({"kind":"ThingList","metadata":{},"items":[]})", "<html>"}) {
    api_.expect_watch(kThingsPath, {}, fail(ErrorKind::Invalid, "no"));
    step();
    api_.expect(Verb::List, kThingsPath, body);
    EXPECT_GT(step(), milliseconds(0)) << body;
  }
  EXPECT_TRUE(told().empty());
}

TEST_F(WatcherList, AMissingCrdIsProbedAndFoundWhenItComes) {  // R45
  api_.expect_watch(kThingsPath, {}, fail(ErrorKind::NotFound, "no such resource"));
  EXPECT_EQ(step(), milliseconds(800));
  EXPECT_TRUE(watcher_.health().absent);
  api_.expect_watch(kThingsPath, {}, fail(ErrorKind::NotFound, "no such resource"));
  EXPECT_EQ(step(), milliseconds(1600));
  expect_watch({initial_end(10)});
  step();
  EXPECT_FALSE(watcher_.health().absent);
  EXPECT_TRUE(watcher_.health().synced);
}

TEST_F(WatcherList, A404AfterTheFirstListForgetsNothing) {
  sync();
  api_.expect_watch(kThingsPath, {}, fail(ErrorKind::NotFound, "page not found"));
  step();
  EXPECT_EQ(cache_.size(), 2U);
  EXPECT_TRUE(told().empty());
}

TEST_F(WatcherList, AnObjectThatDoesNotDecodeIsReportedAndLeftOut) {
  expect_watch({added("a", 3, "\"big\""), added("b", 2), initial_end(10)});
  step();
  EXPECT_THAT(told(), ElementsAre("b=1"));
  EXPECT_THAT(undecodable_, ElementsAre("ml/a u: object.spec.size: must be a whole number"));
  EXPECT_THAT(metrics(), HasSubstr("evalscaler_dropped_objects_total{resource=\"things\"} 1"));
}

TEST_F(WatcherList, OneNamespacesWatcherAsksOnlyThere) {
  CacheFeed<Thing> feed(cache_, read_thing, "ml");
  Watcher watcher({kThings, "ml", "app=x"}, feed, api_, clock_, metrics_, [] { return 0.0; });
  api_.expect_watch("/apis/example.org/v1/namespaces/ml/things",
                    std::vector<std::string>{initial_end(3)});
  (void)watcher.step(stop_.get_token());
  EXPECT_EQ(api_.last_call().watch_query.label_selector, "app=x");
  EXPECT_TRUE(cache_.synced());
}

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

TEST_F(WatcherList, AListThatEndsWithoutARevisionIsNotWatchedFromNowhere) {  // R2
  std::string end = initial_end(10);
  end.replace(end.find(R"("10")"), 4, R"("")");
  expect_watch({added("a", 3), end}, {}, seconds(0));
  EXPECT_GT(step(), milliseconds(0));
  EXPECT_FALSE(cache_.synced());
  api_.expect(Verb::List, kThingsPath, page(10, "", thing_json("a", 3)));
  step();
  EXPECT_THAT(told(), ElementsAre("a=1"));
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
