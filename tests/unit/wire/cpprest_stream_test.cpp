// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "http_library_environment.hpp"
#include "raw_server.hpp"
#include "wire/cpprest_http.hpp"

namespace evalscaler::wire {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Seen {
  Result<HttpResponse> result;
  std::vector<std::string> lines;
};

HttpRequest watch(milliseconds idle = milliseconds(20'000)) {
  HttpRequest request;
  request.target = "/watch";
  request.timeout = idle;
  return request;
}

Seen stream(const RawServer& server, const HttpRequest& request, const std::stop_token& stop = {}) {
  auto client = make_cpprest_client({server.url(), {}, {}, "test/1"});
  std::vector<std::string> lines;
  const auto keep = [&](std::string_view line) {
    lines.emplace_back(line);
    return true;
  };
  auto result = (*client)->stream(request, keep, stop);
  return {std::move(result), std::move(lines)};
}

ErrorKind kind_of_error(const Result<HttpResponse>& result) {
  EXPECT_FALSE(result);
  return result ? ErrorKind::NotFound : result.error().kind;
}

TEST(CpprestStream, DeliversLinesHoweverTheyAreCut) {
  RawServer server({[](RawConnection& peer) {
    peer.read_request();
    peer.start_chunks();
    for (const char* part : {"one\nt", "w", "o\n", "\nthree\nfo", "ur\n"}) peer.chunk(part);
    peer.chunk("");
  }});
  const Seen seen = stream(server, watch());
  ASSERT_TRUE(seen.result) << seen.result.error().message;
  EXPECT_EQ(seen.result->status, 200);
  EXPECT_EQ(seen.result->body, "");
  EXPECT_THAT(seen.lines, ElementsAre("one", "two", "", "three", "four"));
}

TEST(CpprestStream, DeliversALineWhileTheStreamIsOpen) {
  std::promise<void> delivered;
  RawServer server({[&](RawConnection& peer) {
    peer.read_request();
    peer.start_chunks();
    peer.chunk("now\n");
    delivered.get_future().wait();
    peer.chunk("");
  }});
  auto client = make_cpprest_client({server.url(), {}, {}, ""});
  const auto result = (*client)->stream(watch(),
                                        [&](std::string_view) {
                                          delivered.set_value();
                                          return true;
                                        },
                                        {});
  EXPECT_TRUE(result);
}

TEST(CpprestStream, DropsALastLineWithoutItsEnd) {
  RawServer server({[](RawConnection& peer) {
    peer.read_request();
    peer.start_chunks();
    peer.chunk("one\ntw");
    peer.chunk("");
  }});
  const Seen seen = stream(server, watch());
  EXPECT_TRUE(seen.result);
  EXPECT_THAT(seen.lines, ElementsAre("one"));
}

TEST(CpprestStream, ABrokenConnectionIsAnErrorAfterTheLinesBeforeIt) {
  RawServer server({[](RawConnection& peer) {
    peer.read_request();
    peer.start_chunks();
    peer.chunk("one\n");
  }});
  const Seen seen = stream(server, watch());
  EXPECT_EQ(kind_of_error(seen.result), ErrorKind::Unavailable);
  EXPECT_THAT(seen.lines, ElementsAre("one"));
}

TEST(CpprestStream, SilenceEndsItAtTheIdleLimit) {
  RawServer server({[](RawConnection& peer) {
    peer.read_request();
    peer.start_chunks();
    peer.chunk("one\n");
    peer.wait_until_closed();
  }});
  const Seen seen = stream(server, watch(milliseconds(200)));
  EXPECT_EQ(kind_of_error(seen.result), ErrorKind::Unavailable);
  EXPECT_THAT(seen.result.error().message, HasSubstr("nothing came within 200 ms"));
  EXPECT_THAT(seen.lines, ElementsAre("one"));
}

TEST(CpprestStream, EachPieceStartsTheIdleLimitAnew) {
  RawServer server({[](RawConnection& peer) {
    peer.read_request();
    peer.start_chunks();
    for (int i = 0; i < 6 && !peer.closed_within(250); ++i) peer.chunk("x\n");
    peer.chunk("");
  }});
  const Seen seen = stream(server, watch(milliseconds(1'200)));
  EXPECT_TRUE(seen.result) << seen.result.error().message;
  EXPECT_EQ(seen.lines.size(), 6U);
}

TEST(CpprestStream, AStopEndsItAtOnceAndClosesTheConnection) {
  std::stop_source stop;
  std::promise<void> closed;
  RawServer server({[&](RawConnection& peer) {
    peer.read_request();
    peer.start_chunks();
    peer.chunk("one\n");
    stop.request_stop();
    peer.wait_until_closed();
    closed.set_value();
  }});
  const auto begun = std::chrono::steady_clock::now();
  const Seen seen = stream(server, watch(), stop.get_token());
  EXPECT_EQ(kind_of_error(seen.result), ErrorKind::Cancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
  EXPECT_EQ(closed.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

TEST(CpprestStream, TheSinkIsNotCalledAfterTheCallHasReturned) {
  std::stop_source stop;
  RawServer server({[&](RawConnection& peer) {
    peer.read_request();
    peer.start_chunks();
    while (peer.chunk("x\n")) {
    }
  }});
  auto client = make_cpprest_client({server.url(), {}, {}, ""});
  for (int i = 0; i < 20; ++i) {
    std::stop_source round;
    std::atomic<bool> returned{false};
    std::atomic<int> calls{0};
    const auto sink = [&](std::string_view) {
      EXPECT_FALSE(returned);
      if (++calls == 5) round.request_stop();
      return true;
    };
    const auto result = (*client)->stream(watch(), sink, round.get_token());
    returned = true;
    EXPECT_EQ(kind_of_error(result), ErrorKind::Cancelled);
  }
}

TEST(CpprestStream, ASinkThatHasEnoughEndsIt) {
  std::promise<void> cut;
  RawServer server({[&](RawConnection& peer) {
    peer.read_request();
    peer.start_chunks();
    while (peer.chunk("x\n")) {
    }
    cut.set_value();
  }});
  auto client = make_cpprest_client({server.url(), {}, {}, ""});
  int calls = 0;
  const auto result = (*client)->stream(watch(), [&](std::string_view) { return ++calls < 3; }, {});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->status, 200);
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(cut.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

TEST(CpprestStream, SinksThatEndTogetherDoNotStallTheLibrary) {
  RawServer server({[](RawConnection& peer) {
    peer.read_request();
    peer.start_chunks();
    while (peer.chunk("x\n")) {
    }
  }});
  const auto client = make_cpprest_client({server.url(), {}, {}, ""});
  std::atomic<int> ended{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto enough = [](std::string_view) { return false; };
      for (int n = 0; n < 40; ++n) {
        if ((*client)->stream(watch(), enough, {})) ++ended;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ended, 320);
}

TEST(CpprestStream, ARefusalIsNotFedToTheSink) {
  RawServer server({[](RawConnection& peer) {
    peer.read_request();
    peer.answer("{\n \"kind\": \"Status\"\n}\n", "500 Internal Server Error");
  }});
  const Seen seen = stream(server, watch());
  ASSERT_TRUE(seen.result);
  EXPECT_EQ(seen.result->status, 500);
  EXPECT_EQ(seen.result->body, "{\n \"kind\": \"Status\"\n}\n");
  EXPECT_THAT(seen.lines, IsEmpty());
}

TEST(CpprestStream, TheBodyOfARefusalIsCut) {
  RawServer server({[](RawConnection& peer) {
    peer.read_request();
    peer.start_chunks("429 Too Many Requests");
    while (peer.chunk(std::string(60, 'x'))) {
    }
  }});
  HttpRequest request = watch();
  request.max_body = 100;
  const Seen seen = stream(server, request);
  ASSERT_TRUE(seen.result) << seen.result.error().message;
  EXPECT_EQ(seen.result->status, 429);
  EXPECT_EQ(seen.result->body, std::string(100, 'x'));
}

TEST(CpprestStream, ALineLongerThanTheCapIsRefused) {
  RawServer server({[](RawConnection& peer) {
    peer.read_request();
    peer.start_chunks();
    peer.chunk("short\n");
    while (peer.chunk(std::string(60, 'x'))) {
    }
  }});
  HttpRequest request = watch();
  request.max_body = 100;
  const Seen seen = stream(server, request);
  EXPECT_EQ(kind_of_error(seen.result), ErrorKind::Invalid);
  EXPECT_THAT(seen.lines, ElementsAre("short"));
}

TEST(CpprestStream, ALargeListArrivesWhole) {
  RawServer server({[](RawConnection& peer) {
    peer.read_request();
    peer.start_chunks();
    std::string part;
    for (int i = 0; i < 20'000; ++i) {
      part += std::to_string(i) + std::string(100, '.') + "\n";
      if (part.size() > 30'000) {
        peer.chunk(part);
        part.clear();
      }
    }
    if (!part.empty()) peer.chunk(part);
    peer.chunk("");
  }});
  const Seen seen = stream(server, watch());
  ASSERT_TRUE(seen.result);
  ASSERT_EQ(seen.lines.size(), 20'000U);
  EXPECT_EQ(seen.lines.back(), "19999" + std::string(100, '.'));
}

}  // namespace
}  // namespace evalscaler::wire
