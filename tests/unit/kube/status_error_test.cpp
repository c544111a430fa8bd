// SPDX-License-Identifier: Apache-2.0
#include "kube/status_error.hpp"

#include <gtest/gtest.h>

namespace evalscaler::kube {
namespace {

Error answered(int code, std::string body, RequestForm form = RequestForm::Write,
               std::vector<wire::Header> headers = {}) {
  return answer_error({code, std::move(headers), std::move(body)}, form, "PATCH /apis/x");
}

std::string status(int code, const std::string& reason, const std::string& details = "{}") {
  return R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"it says",)"
         R"("reason":")" +
         reason + R"(","details":)" + details + R"(,"code":)" + std::to_string(code) + "}";
}

TEST(StatusError, KindSaysWhatTheCallerDoesNext) {
  const struct {
    int code;
    const char* reason;
    ErrorKind kind;
  } kCases[] = {
      {400, "BadRequest", ErrorKind::Invalid},
      {403, "Forbidden", ErrorKind::Forbidden},
      {404, "NotFound", ErrorKind::NotFound},
      {409, "Conflict", ErrorKind::Conflict},
      {409, "AlreadyExists", ErrorKind::Conflict},
      {410, "Expired", ErrorKind::Expired},
      {410, "Gone", ErrorKind::Expired},
      {415, "UnsupportedMediaType", ErrorKind::Invalid},
      {429, "TooManyRequests", ErrorKind::Unavailable},
      {503, "ServiceUnavailable", ErrorKind::Unavailable},
  };
  for (const auto& one : kCases) {
    const Error error = answered(one.code, status(one.code, one.reason), RequestForm::Read);
    EXPECT_EQ(error.kind, one.kind) << one.code << " " << one.reason;
    EXPECT_EQ(error.message, "it says");
  }
}

TEST(StatusError, RefusedCredentialsAreNamedAsWhatTheyAre) {  // R48
  const Error error = answered(401, status(401, "Unauthorized"), RequestForm::Watch);
  EXPECT_EQ(error.kind, ErrorKind::Forbidden);
  EXPECT_NE(error.message.find("HTTP 401, the API server does not accept our credentials"),
            std::string::npos)
      << error.message;
}

TEST(StatusError, AFailedTestOfAPatchIsAConflictAndABadValueIsInvalid) {
  EXPECT_EQ(answered(422, status(422, "Invalid")).kind, ErrorKind::Conflict);
  const std::string causes =
      R"({"causes":[{"reason":"FieldValueInvalid","field":"spec.replicas"}]})";
  EXPECT_EQ(answered(422, status(422, "Invalid", causes)).kind, ErrorKind::Invalid);
}

TEST(StatusError, AWriteThatMayHaveBeenExecutedIsUnknown) {  // R38
  for (const int code : {500, 502, 503, 504}) {
    EXPECT_EQ(answered(code, status(code, "Timeout")).kind, ErrorKind::OutcomeUnknown) << code;
    EXPECT_EQ(answered(code, status(code, "Timeout"), RequestForm::Read).kind,
              ErrorKind::Unavailable)
        << code;
  }
}

TEST(StatusError, ARefusalWithRetryAfterWasNotExecuted) {  // R39
  const Error error =
      answered(503, status(503, "ServiceUnavailable"), RequestForm::Write, {{"Retry-After", "7"}});
  EXPECT_EQ(error.kind, ErrorKind::Unavailable);
  EXPECT_EQ(error.retry_after, std::chrono::seconds(7));
  EXPECT_EQ(answered(429, status(429, "TooManyRequests", R"({"retryAfterSeconds":3})")).retry_after,
            std::chrono::seconds(3));
}

TEST(StatusError, ARevisionFromTheFutureIsExpiredAndNotHurried) {  // R5
  const Error error = answered(
      504,
      status(
          504, "Timeout",
          R"({"causes":[{"reason":"ResourceVersionTooLarge","message":"m"}],"retryAfterSeconds":1})"),
      RequestForm::Read);
  EXPECT_EQ(error.kind, ErrorKind::Expired);
  EXPECT_EQ(error.retry_after, std::chrono::seconds(1));
}

TEST(StatusError, AnInternalErrorOfAWatchLeadsToANewList) {  // R15
  const Error error = answered(500, status(500, "InternalError"), RequestForm::Watch);
  EXPECT_EQ(error.kind, ErrorKind::Expired);
  EXPECT_TRUE(error.retry_after.has_value());
  EXPECT_EQ(answered(500, status(500, "ServerTimeout"), RequestForm::Watch).kind,
            ErrorKind::Unavailable);
}

TEST(StatusError, AProxysPageIsNotEchoed) {
  for (const char* body : {"<html>bad gateway</html>", "", "[]", "{\"code\":\"x\"}", "{"}) {
    const Error error = answered(502, body, RequestForm::Read);
    EXPECT_EQ(error.kind, ErrorKind::Unavailable);
    EXPECT_EQ(error.message, "PATCH /apis/x: HTTP 502 without a Status");
  }
}

TEST(StatusError, MessagesAreOneLine) {
  const Error error = answered(400, R"({"message":"a\nb\u001b[31m","code":400})");
  EXPECT_EQ(error.message, "a b [31m");
}

TEST(StatusError, ALongMessageKeepsBothItsEnds) {
  const Error error = answered(422, R"({"message":"web is invalid: )" + std::string(5000, 'o') +
                                        R"(: unknown field spec.x","details":{"causes":[{}]}})");
  EXPECT_EQ(error.message.substr(0, 16), "web is invalid: ");
  EXPECT_EQ(error.message.substr(error.message.size() - 20), "unknown field spec.x");
  EXPECT_LE(error.message.size(), 1024U);
}

}  // namespace
}  // namespace evalscaler::kube
