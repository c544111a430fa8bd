// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <future>
#include <latch>

#include "http_library_environment.hpp"
#include "raw_server.hpp"
#include "wire/cpprest_http.hpp"

namespace evalscaler::wire {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::unique_ptr<HttpClient> client_of(const std::string& url) {
  auto made = make_cpprest_client({url, {}, {}, "test/1"});
  EXPECT_TRUE(made) << made.error().message;
  return *std::move(made);
}

HttpRequest get(milliseconds timeout = milliseconds(20'000)) {
  HttpRequest request;
  request.target = "/x?secret=1";
  request.timeout = timeout;
  return request;
}

HttpRequest patch(milliseconds timeout = milliseconds(20'000)) {
  HttpRequest request = get(timeout);
  request.method = Method::Patch;
  request.content_type = "application/json-patch+json";
  request.body = "[]";
  return request;
}

ErrorKind kind_of_error(const Result<HttpResponse>& result) {
  EXPECT_FALSE(result);
  return result ? ErrorKind::NotFound : result.error().kind;
}

TEST(CpprestSend, WritesTargetHeadersAndBodyAsGiven) {
  std::string seen;
  RawServer server({[&](RawConnection& peer) {
    seen = peer.read_request().value_or("");
    peer.answer("{}", "201 Created", "X-One: a\r\n");
  }});
  HttpRequest request = patch();
  request.target = "/apis/a%2Fb/c?x=1%202&y=%3D%26";
  request.headers = {{"Authorization", "Bearer t"}, {"Accept", "application/json"}};
  const auto response = client_of(server.url() + "/prefix/")->send(request, {});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, "{}");
  EXPECT_EQ(response->header("x-one"), "a");
  EXPECT_THAT(seen, StartsWith("PATCH /prefix/apis/a%2Fb/c?x=1%202&y=%3D%26 HTTP/1.1\r\n"));
  EXPECT_THAT(seen,
              AllOf(HasSubstr("Authorization:Bearer t\r\n"), HasSubstr("User-Agent:test/1\r\n"),
                    HasSubstr("Content-Type:application/json-patch+json\r\n"),
                    HasSubstr("Content-Length:2\r\n"), Not(HasSubstr("Accept-Encoding")),
                    Not(HasSubstr("chunked"))));
  EXPECT_TRUE(seen.ends_with("\r\n\r\n[]"));
}

TEST(CpprestSend, KeepsOneConnectionForRequestsInARow) {
  RawServer server({[](RawConnection& peer) {
    while (peer.read_request()) peer.answer("ok");
  }});
  const auto client = client_of(server.url());
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(client->send(i % 2 == 0 ? get() : patch(), {}));
  }
  EXPECT_EQ(server.connections(), 1U);
}

TEST(CpprestSend, ADeadPooledConnectionIsFoundBeforeItIsUsed) {
  std::latch closed(1);
  std::atomic<int> delivered{0};
  RawServer server({[&](RawConnection& peer) {
                      if (peer.read_request()) ++delivered;
                      peer.answer("first");
                      peer.finish();
                      closed.count_down();
                      if (peer.read_request()) ++delivered;
                    },
                    [&](RawConnection& peer) {
                      if (peer.read_request()) ++delivered;
                      peer.answer("second");
                    }});
  const auto client = client_of(server.url());
  ASSERT_TRUE(client->send(patch(), {}));
  closed.wait();
  const auto second = client->send(patch(), {});
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->body, "second");
  EXPECT_EQ(delivered, 2);
  EXPECT_EQ(server.connections(), 2U);
}

TEST(CpprestSend, APatchCutAfterItsEffectIsUnknownAndDeliveredOnce) {
  for (const bool pooled : {false, true}) {
    std::atomic<int> delivered{0};
    RawServer server({[&](RawConnection& peer) {
      if (pooled && peer.read_request()) peer.answer("warm");
      if (peer.read_request()) ++delivered;
      peer.reset();
    }});
    const auto client = client_of(server.url());
    if (pooled) {
      ASSERT_TRUE(client->send(get(), {}));
    }
    EXPECT_EQ(kind_of_error(client->send(patch(), {})), ErrorKind::OutcomeUnknown);
    EXPECT_EQ(delivered, 1);
    EXPECT_EQ(server.connections(), 1U);
  }
}

TEST(CpprestSend, ADeleteWithoutBodyIsNotSentAgainEither) {
  RawServer server({[](RawConnection& peer) {
    if (peer.read_request()) peer.answer("warm");
    peer.read_request();
    peer.finish();
  }});
  const auto client = client_of(server.url());
  ASSERT_TRUE(client->send(get(), {}));
  HttpRequest request = get();
  request.method = Method::Delete;
  EXPECT_EQ(kind_of_error(client->send(request, {})), ErrorKind::OutcomeUnknown);
  EXPECT_EQ(server.connections(), 1U);
}

TEST(CpprestSend, AnAnswerCutShortIsUnknownForAPatchAndUnavailableForAGet) {
  for (const char* part :
       {"", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
    RawServer server({[&](RawConnection& peer) {
      peer.read_request();
      peer.write(part);
    }});
    const auto client = client_of(server.url());
    EXPECT_EQ(kind_of_error(client->send(patch(), {})), ErrorKind::OutcomeUnknown) << part;
    EXPECT_EQ(kind_of_error(client->send(get(), {})), ErrorKind::Unavailable) << part;
  }
}

TEST(CpprestSend, ARefusedConnectionMeansNothingWasExecuted) {
  const std::string url = "http://127.0.0.1:" + std::to_string(RawServer::closed_port());
  const auto result = client_of(url)->send(patch(), {});
  EXPECT_EQ(kind_of_error(result), ErrorKind::Unavailable);
  EXPECT_EQ(result.error().message, "cannot connect: refused or unreachable");
}

TEST(CpprestSend, AnUnknownHostMeansNothingWasExecuted) {
  const auto result = client_of("http://nowhere.invalid:1")->send(patch(), {});
  EXPECT_EQ(kind_of_error(result), ErrorKind::Unavailable);
  EXPECT_THAT(result.error().message, HasSubstr("the host name cannot be resolved"));
}

// A listener whose queue is full: further connects get no answer at all.
class FullListener {
 public:
  FullListener() {
    for (int& descriptor : descriptors_) descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = RawServer::loopback();
    auto* any = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    ::bind(descriptors_[0], any, size);
    ::getsockname(descriptors_[0], any, &size);
    ::listen(descriptors_[0], 0);
    port_ = ntohs(address.sin_port);
    for (std::size_t i = 1; i < descriptors_.size(); ++i) {
      ::fcntl(descriptors_[i], F_SETFL, O_NONBLOCK);
      static_cast<void>(::connect(descriptors_[i], any, size));
    }
  }
  ~FullListener() {
    for (const int descriptor : descriptors_) ::close(descriptor);
  }
  FullListener(const FullListener&) = delete;
  FullListener& operator=(const FullListener&) = delete;
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  std::array<int, 5> descriptors_{};
  std::uint16_t port_ = 0;
};

TEST(CpprestSend, APatchThatNeverGotAConnectionWasNotExecuted) {
  const FullListener listener;
  const auto result = client_of(listener.url())->send(patch(milliseconds(150)), {});
  EXPECT_EQ(kind_of_error(result), ErrorKind::Unavailable);
  EXPECT_THAT(result.error().message, HasSubstr("not connected within 150 ms"));
}

TEST(CpprestSend, NoAnswerEndsAtTheTimeout) {
  RawServer server({[](RawConnection& peer) { peer.wait_until_closed(); }});
  const auto client = client_of(server.url());
  const auto result = client->send(patch(milliseconds(100)), {});
  EXPECT_EQ(kind_of_error(result), ErrorKind::OutcomeUnknown);
  EXPECT_EQ(result.error().message, "no answer within 100 ms");
  EXPECT_EQ(kind_of_error(client->send(get(milliseconds(100)), {})), ErrorKind::Unavailable);
}

TEST(CpprestSend, ASlowDripCannotOutlastTheTimeout) {
  RawServer server({[](RawConnection& peer) {
    peer.read_request();
    peer.start_chunks();
    while (peer.chunk("x") && !peer.closed_within(10)) {
    }
  }});
  const auto begun = std::chrono::steady_clock::now();
  const auto result = client_of(server.url())->send(get(milliseconds(300)), {});
  EXPECT_EQ(kind_of_error(result), ErrorKind::Unavailable);
  EXPECT_THAT(result.error().message, HasSubstr("within 300 ms"));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
}

TEST(CpprestSend, TheBodyCapHoldsWhileReceiving) {
  std::promise<void> cut;
  RawServer server({[&](RawConnection& peer) {
    peer.read_request();
    peer.start_chunks();
    while (peer.chunk(std::string(1000, 'x'))) {
    }
    cut.set_value();
  }});
  HttpRequest request = get();
  request.max_body = 10'000;
  const auto result = client_of(server.url())->send(request, {});
  EXPECT_EQ(kind_of_error(result), ErrorKind::Invalid);
  EXPECT_THAT(result.error().message, HasSubstr("the answer is larger than 10000 bytes"));
  EXPECT_EQ(cut.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

// How much of an answer without end is sent before the client hangs up.
std::size_t sent_in_vain(const std::string& begin) {
  std::promise<std::size_t> sent;
  RawServer server({[&](RawConnection& peer) {
    peer.read_request();
    peer.write(begin);
    const std::string part(64 << 10, 'x');
    std::size_t total = 0;
    while (total < (std::size_t{1} << 30U) && peer.write(part)) total += part.size();
    sent.set_value(total);
  }});
  HttpRequest request = patch();
  request.max_body = std::size_t{1} << 20U;
  const auto result = client_of(server.url())->send(request, {});
  EXPECT_EQ(kind_of_error(result), ErrorKind::OutcomeUnknown);
  EXPECT_THAT(result.error().message, HasSubstr("larger than 1048576 bytes"));
  return sent.get_future().get();
}

TEST(CpprestSend, AnAnswerInOneHugeChunkIsEndedBeforeItFillsTheMemory) {
  const std::string begin = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7ffffff0\r\n";
  EXPECT_LT(sent_in_vain(begin), std::size_t{128} << 20U);
}

TEST(CpprestSend, AHeadWithoutEndIsEndedBeforeItFillsTheMemory) {
  EXPECT_LT(sent_in_vain("HTTP/1.1 200 OK\r\nX-More: "), std::size_t{128} << 20U);
}

TEST(CpprestSend, ABodyOfExactlyTheCapPasses) {
  RawServer server({[](RawConnection& peer) {
    while (peer.read_request()) peer.answer(std::string(100, 'x'));
  }});
  const auto client = client_of(server.url());
  HttpRequest request = get();
  request.max_body = 100;
  EXPECT_TRUE(client->send(request, {}));
  request.max_body = 99;
  EXPECT_EQ(kind_of_error(client->send(request, {})), ErrorKind::Invalid);
}

TEST(CpprestSend, ProxiesOfTheEnvironmentAreNotUsed) {  // R55
  // Our tokens go to the server that the configuration names, or nowhere.
  for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"}) {
    ::setenv(name, "http://127.0.0.1:1", 1);
  }
  RawServer server({[](RawConnection& peer) {
    (void)peer.read_request();
    peer.answer("{}");
  }});
  const auto response = client_of(server.url())->send(get(), {});
  for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"}) {
    ::unsetenv(name);
  }
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
}

TEST(CpprestSend, RedirectsAreAnswersLikeOthers) {
  RawServer elsewhere({[](RawConnection& peer) { peer.read_request(); }});
  RawServer server({[&](RawConnection& peer) {
    peer.read_request();
    peer.answer("", "302 Found", "Location: " + elsewhere.url() + "/\r\n");
  }});
  const auto response = client_of(server.url())->send(get(), {});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(elsewhere.connections(), 0U);
}

TEST(CpprestSend, ACompressedAnswerIsRefused) {
  RawServer server({[](RawConnection& peer) {
    peer.read_request();
    peer.answer("\x1f\x8b", "200 OK", "Content-Encoding: gzip\r\n");
  }});
  const auto result = client_of(server.url())->send(get(), {});
  EXPECT_EQ(kind_of_error(result), ErrorKind::Invalid);
  EXPECT_THAT(result.error().message, HasSubstr("compressed"));
}

TEST(CpprestSend, WhatIsNotHttpIsNoAnswer) {
  RawServer server({[](RawConnection& peer) {
    peer.read_request();
    peer.write("hello\r\n\r\n");
  }});
  const auto client = client_of(server.url());
  EXPECT_EQ(kind_of_error(client->send(patch(), {})), ErrorKind::OutcomeUnknown);
  EXPECT_EQ(kind_of_error(client->send(get(), {})), ErrorKind::Unavailable);
}

TEST(CpprestSend, AStopEndsTheWaitAtOnce) {
  std::stop_source stop;
  RawServer server({[&](RawConnection& peer) {
    peer.read_request();
    stop.request_stop();
    peer.wait_until_closed();
  }});
  const auto client = client_of(server.url());
  EXPECT_EQ(kind_of_error(client->send(patch(), stop.get_token())), ErrorKind::Cancelled);
  EXPECT_EQ(kind_of_error(client->send(get(), stop.get_token())), ErrorKind::Cancelled);
  EXPECT_EQ(server.connections(), 1U);
}

TEST(CpprestSend, RequestsThatCouldSmuggleAreRefusedBeforeTheyAreSent) {
  RawServer server({});
  const auto client = client_of(server.url());
  HttpRequest request = get();
  request.headers = {{"A", "b\r\nC: d"}};
  EXPECT_EQ(kind_of_error(client->send(request, {})), ErrorKind::Invalid);
  for (const char* target : {"", "x", "/a b", "/a\r\nb", "/a#b", "http://other/"}) {
    request = get();
    request.target = target;
    EXPECT_EQ(kind_of_error(client->send(request, {})), ErrorKind::Invalid) << target;
  }
  EXPECT_EQ(server.connections(), 0U);
}

TEST(CpprestSend, ErrorsHoldNothingOfTheUrl) {
  RawServer server({[](RawConnection& peer) { peer.read_request(); }});
  const auto result = client_of(server.url())->send(get(), {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "the connection broke before the answer was complete");
}

TEST(CpprestSend, ManyThreadsShareOneClient) {
  RawServer server({[](RawConnection& peer) {
    while (peer.read_request()) peer.answer("ok");
  }});
  const auto client = client_of(server.url());
  std::atomic<int> answered{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 25; ++n) {
        if (client->send(patch(), {})) ++answered;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 200);
  EXPECT_LE(server.connections(), 16U);
}

}  // namespace
}  // namespace evalscaler::wire
