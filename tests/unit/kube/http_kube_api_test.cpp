// SPDX-License-Identifier: Apache-2.0
#include "kube/http_kube_api.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "fakes/manual_clock.hpp"
#include "fakes/scripted_http.hpp"

namespace evalscaler::kube {
namespace {

constexpr const char* kCollection = "/apis/apps/v1/deployments";
constexpr const char* kObject = "/apis/apps/v1/namespaces/ml/deployments/web";

// One token after the other, each until it is expired.
class Tokens final : public TokenSource {
 public:
  explicit Tokens(std::deque<std::string> tokens) : tokens_(std::move(tokens)) {}
  Result<std::string> token() override { return tokens_.front(); }
  void expire() override {
    if (tokens_.size() > 1) tokens_.pop_front();
  }

 private:
  std::deque<std::string> tokens_;
};

class HttpKubeApiTest : public ::testing::Test {
 protected:
  HttpKubeApi api(std::deque<std::string> tokens = {"t1"}, HttpKubeApiSettings settings = {}) {
    ClusterAccess access;
    access.endpoint.url = "https://10.0.0.1:6443/prefix";
    access.tokens = std::make_shared<Tokens>(std::move(tokens));
    return {short_, watches_, access, metrics_, clock_, std::move(settings)};
  }
  static std::string header(const wire::HttpRequest& request, const std::string& name) {
    std::string found;
    for (const auto& [key, value] : request.headers) {
      if (key == name) found += found.empty() ? value : "," + value;
    }
    return found;
  }

  fakes::ScriptedHttp short_;
  fakes::ScriptedHttp watches_;
  fakes::ManualClock clock_;
  telemetry::Metrics metrics_;
  std::stop_token never_;
};

TEST_F(HttpKubeApiTest, ReadsCarryTheTokenAndNoBody) {
  short_.expect(200, R"({"kind":"Deployment"})");
  const auto body = api().get(kObject, never_);
  ASSERT_TRUE(body);
  EXPECT_EQ(*body, R"({"kind":"Deployment"})");
  const auto sent = short_.requests().front();
  EXPECT_EQ(sent.method, wire::Method::Get);
  EXPECT_EQ(sent.target, kObject);
  EXPECT_EQ(header(sent, "Authorization"), "Bearer t1");
  EXPECT_EQ(header(sent, "Accept"), "application/json");
  EXPECT_TRUE(sent.content_type.empty());
}

TEST_F(HttpKubeApiTest, WithoutATokenNoneIsSent) {
  short_.expect(200, "{}");
  (void)api({""}).get(kObject, never_);
  EXPECT_EQ(header(short_.requests().front(), "Authorization"), "");
}

TEST_F(HttpKubeApiTest, PatchesHaveTheirExactTypesManagerAndStrictValidation) {  // R32, R33, R37
  for (const auto& [type, content_type] :
       {std::pair{PatchType::Json, "application/json-patch+json"},
        std::pair{PatchType::Merge, "application/merge-patch+json"},
        std::pair{PatchType::Apply, "application/apply-patch+yaml"}}) {
    short_.expect(200, "{}");
    ASSERT_TRUE(api().patch(std::string(kObject) + "/scale", type, "[]", never_));
    const auto sent = short_.requests().back();
    EXPECT_EQ(sent.method, wire::Method::Patch);
    EXPECT_EQ(sent.content_type, content_type);
    EXPECT_EQ(sent.target,
              std::string(kObject) + "/scale?fieldManager=evalscaler&fieldValidation=Strict");
    EXPECT_EQ(sent.body, "[]");
  }
}

TEST_F(HttpKubeApiTest, CreateAndReplaceAreJson) {
  short_.expect(201, "{}");
  short_.expect(200, "{}");
  ASSERT_TRUE(api().create(kCollection, "{}", never_));
  ASSERT_TRUE(api().replace(kObject, "{}", never_));
  EXPECT_EQ(short_.requests()[0].method, wire::Method::Post);
  EXPECT_EQ(short_.requests()[1].method, wire::Method::Put);
  EXPECT_EQ(short_.requests()[1].content_type, "application/json");
}

TEST_F(HttpKubeApiTest, ListsAskForPagesOfTheMostRecentState) {
  short_.expect(200, "{}");
  short_.expect(200, "{}");
  short_.expect(200, "{}");
  ListQuery query;
  query.label_selector = "a in (b,c)";
  ASSERT_TRUE(api().list(kCollection, query, never_));
  query = {};
  query.continue_token = "to/ken=";
  query.resource_version = "77";
  ASSERT_TRUE(api().list(kCollection, query, never_));
  query.continue_token.clear();
  query.limit = 0;
  ASSERT_TRUE(api().list(kCollection, query, never_));
  const std::string path = kCollection;
  EXPECT_EQ(short_.requests()[0].target, path + "?limit=500&labelSelector=a%20in%20%28b%2Cc%29");
  EXPECT_EQ(short_.requests()[1].target, path + "?limit=500&continue=to%2Fken%3D");  // R24
  EXPECT_EQ(short_.requests()[2].target,
            path + "?resourceVersion=77&resourceVersionMatch=NotOlderThan");
}

TEST_F(HttpKubeApiTest, WatchesUseTheirOwnClientAndIdleTime) {
  watches_.expect(200, "one\ntwo\ncut");
  WatchQuery query;
  query.resource_version = "77";
  query.timeout = std::chrono::seconds(333);
  std::vector<std::string> lines;
  const auto end = api().watch(
      kCollection, query,
      [&](std::string_view line) {
        lines.emplace_back(line);
        return true;
      },
      never_);
  EXPECT_TRUE(end);
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "two"}));  // R17
  const auto sent = watches_.requests().front();
  EXPECT_EQ(sent.timeout, std::chrono::seconds(90));  // R16
  EXPECT_EQ(sent.target,
            std::string(kCollection) +
                "?watch=true&allowWatchBookmarks=true&timeoutSeconds=333&resourceVersion=77");
}

TEST_F(HttpKubeApiTest, StreamedListsAskForInitialEvents) {  // R25, R26
  watches_.expect(200, "");
  WatchQuery query;
  query.initial = WatchQuery::Initial::StreamThenWatch;
  ASSERT_TRUE(api().watch(
      kCollection, query, [](std::string_view) { return true; }, never_));
  EXPECT_EQ(watches_.requests().front().target,
            std::string(kCollection) +
                "?watch=true&allowWatchBookmarks=true&timeoutSeconds=300&sendInitialEvents=true"
                "&resourceVersionMatch=NotOlderThan");
}

TEST_F(HttpKubeApiTest, ARefusedWatchIsAnErrorAndFeedsNothing) {
  watches_.expect(410, R"({"kind":"Status","message":"too old","reason":"Expired","code":410})");
  const auto end = api().watch(
      kCollection, {},
      [](std::string_view) {
        ADD_FAILURE() << "a line";
        return true;
      },
      never_);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, ErrorKind::Expired);  // R4
}

TEST_F(HttpKubeApiTest, A401IsTriedOnceMoreWithANewToken) {  // R48
  short_.expect(401, "{}");
  short_.expect(200, "{}");
  ASSERT_TRUE(api({"old", "new"}).patch(kObject, PatchType::Merge, "{}", never_));
  EXPECT_EQ(header(short_.requests()[0], "Authorization"), "Bearer old");
  EXPECT_EQ(header(short_.requests()[1], "Authorization"), "Bearer new");
  EXPECT_EQ(short_.requests()[1].body, "{}");
}

TEST_F(HttpKubeApiTest, ASecond401IsFinal) {
  short_.expect(401, "{}");
  short_.expect(401, R"({"message":"Unauthorized","reason":"Unauthorized","code":401})");
  const auto answer = api({"old", "new", "newer"}).get(kObject, never_);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::Forbidden);
  EXPECT_THAT(answer.error().message, ::testing::HasSubstr("does not accept our credentials"));
}

TEST_F(HttpKubeApiTest, TheSameTokenIsNotSentTwice) {
  short_.expect(401, "{}");
  EXPECT_FALSE(api({"only"}).get(kObject, never_));
}

TEST_F(HttpKubeApiTest, NothingElseIsRetried) {  // R38
  for (const ErrorKind kind : {ErrorKind::Unavailable, ErrorKind::OutcomeUnknown}) {
    short_.expect(fail(kind, "cut"));
    const auto answer = api().patch(kObject, PatchType::Merge, "{}", never_);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, kind);
  }
  short_.expect(503, "{}");
  EXPECT_FALSE(api().get(kObject, never_));
  EXPECT_EQ(short_.requests().size(), 3U);
}

TEST_F(HttpKubeApiTest, WhatTheServerPutOffIsNotSentBeforeItsTime) {  // R39
  HttpKubeApi one = api();
  short_.expect(429, "{}", {{"Retry-After", "3"}});
  const auto refused = one.patch(kObject, PatchType::Merge, "{}", never_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().retry_after, std::chrono::seconds(3));

  clock_.advance(std::chrono::seconds(1));
  const auto held = one.patch(kObject, PatchType::Merge, "{}", never_);
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(held.error().retry_after, std::chrono::seconds(2));
  EXPECT_EQ(short_.requests().size(), 1U);

  short_.expect(200, "{}");  // another object is another matter
  EXPECT_TRUE(one.patch(std::string(kObject) + "2", PatchType::Merge, "{}", never_));

  clock_.advance(std::chrono::seconds(2));
  short_.expect(200, "{}");
  EXPECT_TRUE(one.patch(kObject, PatchType::Merge, "{}", never_));
}

TEST_F(HttpKubeApiTest, L6WritesPassTheGateAndReadsDoNot) {
  HttpKubeApiSettings settings;
  settings.may_write = [] { return false; };
  HttpKubeApi gated = api({"t1"}, settings);
  for (const auto& refused :
       {gated.patch(kObject, PatchType::Json, "[]", never_),
        gated.create(kCollection, "{}", never_), gated.replace(kObject, "{}", never_)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::Cancelled);
  }
  EXPECT_TRUE(short_.requests().empty());
  EXPECT_EQ(metrics_.exposition().find("rest_client_requests_total{"), std::string::npos);
  short_.expect(200, "{}");
  EXPECT_TRUE(gated.get(kObject, never_));
}

TEST_F(HttpKubeApiTest, L6GateIsAskedAfterTheTokenAndBeforeEachSend) {
  std::vector<std::size_t> sent_when_asked;
  HttpKubeApiSettings settings;
  settings.may_write = [&] {
    sent_when_asked.push_back(short_.requests().size());
    return sent_when_asked.size() < 2;
  };
  short_.expect(401, "{}");
  const auto answer = api({"old", "new"}, settings).patch(kObject, PatchType::Merge, "{}", never_);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::Cancelled) << "not sent again with the new token";
  EXPECT_EQ(sent_when_asked, (std::vector<std::size_t>{0, 1}));
}

TEST_F(HttpKubeApiTest, L7RequestsEndInTheTimeThatTheirOwnerAllows) {
  HttpKubeApiSettings settings;
  settings.request_time = std::chrono::milliseconds(1800);
  HttpKubeApi hasty = api({"t1"}, settings);
  for (int i = 0; i < 4; ++i) short_.expect(200, "{}");
  (void)hasty.get(kObject, never_);
  (void)hasty.create(kCollection, "{}", never_);
  (void)hasty.replace(kObject, "{}", never_);
  (void)hasty.patch(kObject, PatchType::Merge, "{}", never_);
  for (const auto& request : short_.requests()) {
    EXPECT_EQ(request.timeout, settings.request_time) << wire::to_text(request.method);
  }
}

TEST_F(HttpKubeApiTest, ErrorsNameTheRequestWithoutItsQueryOrToken) {  // R57
  short_.expect(502, "<html>secret-token?</html>");
  const auto answer = api({"secret-token"}).patch(kObject, PatchType::Merge, "{}", never_);
  EXPECT_EQ(answer.error().message,
            std::string("PATCH ") + kObject + ": HTTP 502 without a Status");
}

TEST_F(HttpKubeApiTest, ATokenThatCannotBeReadSendsNothing) {
  class Broken final : public TokenSource {
    Result<std::string> token() override { return fail(ErrorKind::Invalid, "FILE: is empty"); }
    void expire() override {}
  };
  ClusterAccess access;
  access.tokens = std::make_shared<Broken>();
  HttpKubeApi broken(short_, watches_, access, metrics_, clock_);
  const auto answer = broken.get(kObject, never_);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message, "FILE: is empty");
  EXPECT_TRUE(short_.requests().empty());
}

TEST_F(HttpKubeApiTest, EachWarningOfTheServerIsLoggedOnce) {  // R37
  HttpKubeApi one = api();
  const auto logged = [&](const std::string& warning) {
    short_.expect(200, "{}", {{"Warning", warning}});
    ::testing::internal::CaptureStderr();
    EXPECT_TRUE(one.get(kObject, never_));
    return ::testing::internal::GetCapturedStderr();
  };
  EXPECT_NE(logged("299 - \"v1 is old\"").find("v1 is old"), std::string::npos);
  EXPECT_EQ(logged("299 - \"v1 is old\""), "");
  const std::string other = logged("299 - \"a\x1b[31m\"");
  EXPECT_NE(other.find("API server warns"), std::string::npos);
  EXPECT_EQ(other.find('\x1b'), std::string::npos);
}

TEST_F(HttpKubeApiTest, CountsRequestsAsClientGoDoes) {
  short_.expect(409, "{}");
  short_.expect(fail(ErrorKind::Unavailable, "refused"));
  (void)api().patch(kObject, PatchType::Merge, "{}", never_);
  (void)api().get(kObject, never_);
  const std::string text = metrics_.exposition();
  EXPECT_NE(text.find("rest_client_requests_total{"), std::string::npos);
  EXPECT_NE(text.find("code=\"409\""), std::string::npos) << text;
  EXPECT_NE(text.find("code=\"<error>\""), std::string::npos);
  EXPECT_NE(text.find("host=\"10.0.0.1:6443\""), std::string::npos);
}

}  // namespace
}  // namespace evalscaler::kube
