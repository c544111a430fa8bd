// SPDX-License-Identifier: Apache-2.0
#include "wire/http_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "http_library_environment.hpp"
#include "wire/cpprest_http.hpp"

namespace evalscaler::wire {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

HttpRoutes routes() {
  return {{"/healthz",
           [] {
             return HttpAnswer{200, "text/plain; charset=utf-8", "ok"};
           }},
          {"/readyz",
           [] {
             return HttpAnswer{503, "text/plain; charset=utf-8", "not yet"};
           }},
          {"/broken", []() -> HttpAnswer { throw std::runtime_error("no\nluck"); }}};
}

HttpResponse asked(const HttpServer& server, const std::string& target,
                   Method method = Method::Get) {
  const auto client = make_cpprest_client({"http://" + server.address(), "", nullptr, ""});
  HttpRequest request;
  request.method = method;
  request.target = target;
  auto response = (*client)->send(request, {});
  EXPECT_TRUE(response) << response.error().message;
  return response ? *std::move(response) : HttpResponse{};
}

TEST(HttpServer, AnswersItsRoutesAndNothingElse) {
  const auto server = serve_http("127.0.0.1:0", routes());
  ASSERT_TRUE(server) << server.error().message;
  const HttpResponse healthy = asked(**server, "/healthz?verbose");
  EXPECT_EQ(healthy.status, 200);
  EXPECT_EQ(healthy.body, "ok");
  EXPECT_EQ(healthy.header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(asked(**server, "/readyz").status, 503);
  for (const char* target : {"/", "/healthz/", "/healthz/../readyz", "/%2e%2e/etc/passwd", "/x"}) {
    EXPECT_THAT(asked(**server, target).status, ::testing::AnyOf(404, 503)) << target;
  }
}

TEST(HttpServer, OnlyGetIsAnswered) {
  const auto server = serve_http("127.0.0.1:0", routes());
  ASSERT_TRUE(server);
  for (const Method method : {Method::Post, Method::Put, Method::Delete, Method::Patch}) {
    EXPECT_EQ(asked(**server, "/healthz", method).status, 405);
  }
}

TEST(HttpServer, AFolderIsGivenWhatFollowsIt) {
  const HttpFolders folders{{"/explain/", [](std::string_view rest) {
                               return HttpAnswer{200, "text/plain", std::string(rest)};
                             }}};
  const auto server = serve_http("127.0.0.1:0", routes(), folders);
  ASSERT_TRUE(server) << server.error().message;
  EXPECT_EQ(asked(**server, "/explain/ml/web?x=1").body, "ml/web");
  EXPECT_EQ(asked(**server, "/explain/ml/%2e%2e/x").body, "ml/../x");
  EXPECT_EQ(asked(**server, "/explain/").body, "");
  EXPECT_EQ(asked(**server, "/explain").status, 404);
  EXPECT_EQ(asked(**server, "/explain/ml/web", Method::Post).status, 405);
  EXPECT_EQ(asked(**server, "/healthz").status, 200);
}

TEST(HttpServer, ARouteThatThrowsAnswers500) {
  const auto server = serve_http("127.0.0.1:0", routes());
  ASSERT_TRUE(server);
  const HttpResponse broken = asked(**server, "/broken");
  EXPECT_EQ(broken.status, 500);
  EXPECT_EQ(broken.body, "no luck\n");
}

TEST(HttpServer, SaysWhichPortItGot) {
  const auto local = serve_http("127.0.0.1:0", {});
  ASSERT_TRUE(local);
  EXPECT_THAT((*local)->address(), MatchesRegex("127\\.0\\.0\\.1:[1-9][0-9]+"));
  const auto everywhere = serve_http(":0", routes());
  ASSERT_TRUE(everywhere);
  EXPECT_THAT((*everywhere)->address(), MatchesRegex("0\\.0\\.0\\.0:[1-9][0-9]+"));
  EXPECT_EQ(asked(**everywhere, "/healthz").status, 200);
}

TEST(HttpServer, ATakenPortIsUnavailable) {
  const auto first = serve_http("127.0.0.1:0", {});
  ASSERT_TRUE(first);
  const auto second = serve_http((*first)->address(), {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::Unavailable);
  EXPECT_THAT(second.error().message, HasSubstr("cannot listen on " + (*first)->address()));
  EXPECT_THAT(second.error().message, HasSubstr("Address already in use"));
}

TEST(HttpServer, OtherTextIsNotAnAddress) {
  for (const char* bind : {"", "8081", "localhost:80", ":x", ":-1", ":65536", "1.2.3:80", "a:b:1",
                           "127.0.0.1:80,81", ":80s", "::1:80"}) {
    const auto server = serve_http(bind, {});
    ASSERT_FALSE(server) << bind;
    EXPECT_EQ(server.error().kind, ErrorKind::Invalid) << bind;
  }
}

}  // namespace
}  // namespace evalscaler::wire
