// SPDX-License-Identifier: Apache-2.0
// Watcher: how it fills its cache; how it follows the server stands in watcher_test.cpp.
#include "kube/watcher.hpp"

#include <gmock/gmock.h>

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

}  // namespace
}  // namespace evalscaler::kube
