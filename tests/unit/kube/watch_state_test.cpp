// SPDX-License-Identifier: Apache-2.0
// The transitions alone; watcher_test.cpp shows them at work.
#include "kube/watch_state.hpp"

#include <gtest/gtest.h>

namespace evalscaler::kube {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

WatchEnd ended(std::optional<Error> error, std::size_t lines, milliseconds lasted) {
  WatchEnd end;
  end.error = std::move(error);
  end.lines = lines;
  end.lasted = lasted;
  end.revision = "9";
  return end;
}

WatchEnd broken_list(std::optional<Error> error, std::size_t lines = 0, milliseconds lasted = {}) {
  WatchEnd end = ended(std::move(error), lines, lasted);
  end.initial = WatchEnd::Initial::Incomplete;
  end.revision.clear();
  return end;
}

Error error(ErrorKind kind) {
  return fail(kind, "x");
}

void expect(const Transition& transition, const WatchState& next, Pause pause) {
  EXPECT_EQ(transition.next, next) << transition.reason;
  EXPECT_EQ(transition.pause, pause) << transition.reason;
}

TEST(WatchState, CleanEndGoesOnAtTheLastRevisionWithoutAPause) {  // R2, R11
  expect(after_stream(Watching{"5"}, ended({}, 3, seconds(300))), Watching{"9", true}, Pause::None);
}

TEST(WatchState, QuietCleanEndKeepsTheRevision) {
  WatchEnd end = ended({}, 0, seconds(300));
  end.revision.clear();
  expect(after_stream(Watching{"5"}, end), Watching{"5", true}, Pause::None);
}

TEST(WatchState, VeryShortWatchWithoutEventsBacksOff) {  // R12
  expect(after_stream(Watching{"9", true}, ended({}, 0, milliseconds(999))), Watching{"9", true},
         Pause::Backoff);
  expect(after_stream(Watching{"9", true}, ended({}, 1, milliseconds(999))), Watching{"9", true},
         Pause::None);
}

TEST(WatchState, RefusedWatchBacksOffAtTheSameRevision) {  // R13
  expect(after_stream(Watching{"9", true}, ended(error(ErrorKind::Unavailable), 0, {})),
         Watching{"9", true}, Pause::Backoff);
}

TEST(WatchState, BrokenLongWatchGoesOnAtOnceUnlessAskedToWait) {
  Error busy = error(ErrorKind::Unavailable);
  expect(after_stream(Watching{"9", true}, ended(busy, 7, seconds(20))), Watching{"9", true},
         Pause::None);
  busy.retry_after = seconds(1);
  expect(after_stream(Watching{"9", true}, ended(busy, 7, seconds(20))), Watching{"9", true},
         Pause::Backoff);
}

TEST(WatchState, ExpiredListsAnewAtOnceTheFirstTime) {  // R3
  expect(after_stream(Watching{"9", true}, ended(error(ErrorKind::Expired), 0, {})), Empty{},
         Pause::None);
}

TEST(WatchState, ExpiredRightAfterAListDoesNotSpin) {
  expect(after_stream(Watching{"9", false}, ended(error(ErrorKind::Expired), 0, {})), Empty{},
         Pause::Backoff);
  WatchEnd within_the_list = ended(error(ErrorKind::Expired), 50, milliseconds(10));
  within_the_list.initial = WatchEnd::Initial::Complete;
  expect(after_stream(Empty{}, within_the_list), Empty{}, Pause::Backoff);
}

TEST(WatchState, TwoSilentStreamsMeanThatTheRevisionIsForeign) {  // R5
  const WatchEnd silent = ended(error(ErrorKind::Unavailable), 0, seconds(90));
  expect(after_stream(Watching{"9", true}, silent), Watching{"9", true, 1}, Pause::None);
  expect(after_stream(Watching{"9", true, 1}, silent), Empty{}, Pause::None);
  expect(after_stream(Watching{"9", true, 1}, ended(error(ErrorKind::Unavailable), 2, seconds(90))),
         Watching{"9", true, 0}, Pause::None);
}

TEST(WatchState, AServerThatCannotStreamIsListedByPages) {  // R26
  expect(after_stream(Empty{}, broken_list(error(ErrorKind::Invalid))), Listing{}, Pause::None);
  expect(after_stream(Empty{}, broken_list({}, 5)), Listing{}, Pause::None);
  expect(after_stream(Empty{}, broken_list(error(ErrorKind::Unavailable), 5)), Listing{},
         Pause::Backoff);
}

TEST(WatchState, AnAbsentServerIsNotAskedForPagesAtOnce) {
  expect(after_stream(Empty{}, broken_list(error(ErrorKind::Unavailable))), Empty{1},
         Pause::Backoff);
  expect(after_stream(Empty{1}, broken_list(error(ErrorKind::Unavailable))), Listing{},
         Pause::Backoff);
}

TEST(WatchState, AMissingResourceIsProbedSlowly) {  // R45
  expect(after_stream(Empty{}, broken_list(error(ErrorKind::NotFound))), Empty{}, Pause::Backoff);
  expect(after_page(Listing{}, {error(ErrorKind::NotFound), {}, {}}), Empty{}, Pause::Backoff);
}

TEST(WatchState, AMissingRightIsRetriedSlowlyAtTheSameRevision) {
  expect(after_stream(Watching{"9", true}, ended(error(ErrorKind::Forbidden), 0, {})),
         Watching{"9", true}, Pause::Backoff);
}

TEST(WatchState, PagesKeepTheFirstPagesRevision) {  // R6, R24
  const Transition first = after_page(Listing{}, {{}, "100", "more"});
  expect(first, Listing{Listing::Form::Pages, "100", "more"}, Pause::None);
  expect(after_page(std::get<Listing>(first.next), {{}, "130", ""}), Watching{"100"}, Pause::None);
}

TEST(WatchState, ALostPageBecomesOneWholeListAtTheFirstPagesRevision) {  // R24
  const Listing second{Listing::Form::Pages, "100", "more"};
  const Listing whole{Listing::Form::Whole, "100", ""};
  expect(after_page(second, {error(ErrorKind::Expired), {}, {}}), whole, Pause::None);
  expect(after_page(whole, {{}, "140", ""}), Watching{"140"}, Pause::None);
  expect(after_page(whole, {error(ErrorKind::Expired), {}, {}}), Listing{}, Pause::Backoff);
}

TEST(WatchState, AFailedPageStartsOver) {
  expect(after_page(Listing{Listing::Form::Pages, "100", "more"},
                    {error(ErrorKind::Unavailable), {}, {}}),
         Empty{}, Pause::Backoff);
}

TEST(WatchState, CancelledChangesNothing) {
  expect(after_stream(Watching{"9", true}, ended(error(ErrorKind::Cancelled), 0, {})),
         Watching{"9", true}, Pause::None);
  expect(after_stream(Empty{1}, broken_list(error(ErrorKind::Cancelled))), Empty{1}, Pause::None);
}

}  // namespace
}  // namespace evalscaler::kube
