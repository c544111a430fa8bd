// SPDX-License-Identifier: Apache-2.0
#include "workload/load/load_options.hpp"

#include <gtest/gtest.h>

#include "workload/engine/evaluation_request.hpp"
#include "workload/load/request_body.hpp"

namespace evalscaler::workload {
namespace {

Result<LoadSettings> settings_of(std::vector<std::string> arguments) {
  const auto given =
      CommandLine::parse(load_flags(), arguments, [](std::string_view) { return std::nullopt; });
  if (!given) return given.error();
  return to_load_settings(*given);
}

std::string complaint(std::vector<std::string> arguments) {
  const auto settings = settings_of(std::move(arguments));
  return settings ? "accepted" : settings.error().message;
}

constexpr const char* kUrl = "--url=http://127.0.0.1:8080/evaluate";

TEST(HttpUrl, IsTakenApart) {
  const auto url = parse_http_url("http://10.0.0.7:8080/evaluate?x=1#part");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "10.0.0.7");
  EXPECT_EQ(url->port, "8080");
  EXPECT_EQ(url->target, "/evaluate?x=1");
  EXPECT_EQ(url->authority, "10.0.0.7:8080");
}

TEST(HttpUrl, HasDefaults) {
  const auto url = parse_http_url("http://engine");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->port, "80");
  EXPECT_EQ(url->target, "/");
  EXPECT_EQ(parse_http_url("http://engine?x")->target, "/?x");
}

TEST(HttpUrl, TakesIpv6InBrackets) {
  const auto url = parse_http_url("http://[fd00::7]:81/x");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "fd00::7");
  EXPECT_EQ(url->port, "81");
  EXPECT_EQ(parse_http_url("http://[fd00::7]/x")->port, "80");
}

TEST(HttpUrl, RefusesWhatItCannotSendTo) {
  for (const char* text :
       {"", "http://", "https://h/", "127.0.0.1:80", "http://h:0/", "http://h:x/", "http://h:/",
        "http://u@h/", "http://a b/", "http://h/\r\nX: y", "http://[::1/", "http://:80/"}) {
    EXPECT_FALSE(parse_http_url(text)) << text;
  }
}

TEST(LoadOptions, ReadPhases) {
  const auto settings = settings_of({kUrl, "--ramp-up", "30s", "--sustain", "1m", "--ramp-down",
                                     "30s", "--rate", "100", "--keep-alive", "--poisson", "--seed",
                                     "9", "--timeout", "500ms", "--min-success", "0.99"});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_DOUBLE_EQ(settings->schedule.expected_requests(), 9000.0);
  EXPECT_EQ(settings->connection_use, ConnectionUse::KeepAlive);
  EXPECT_EQ(settings->arrivals, ArrivalKind::Poisson);
  EXPECT_EQ(settings->seed, 9U);
  EXPECT_EQ(settings->timeout, std::chrono::milliseconds(500));
  EXPECT_EQ(settings->min_success, 0.99);
}

TEST(LoadOptions, ANewConnectionPerRequestIsTheDefault) {
  const auto settings = settings_of({kUrl, "--sustain=1s", "--rate=1"});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->connection_use, ConnectionUse::NewEachRequest);
}

TEST(LoadOptions, UrlsComeRepeatedOrInAList) {
  const auto settings =
      settings_of({kUrl, "--url", "http://a/,http://b/", "--sustain=1s", "--rate=1"});
  ASSERT_TRUE(settings);
  ASSERT_EQ(settings->urls.size(), 3U);
  EXPECT_EQ(settings->urls[2].host, "b");
}

TEST(LoadOptions, ComplaintsSayWhatToDo) {
  EXPECT_EQ(complaint({"--rate=1"}), "--url is missing: --url http://HOST:PORT/evaluate");
  EXPECT_EQ(complaint({"--url=ftp://x"}), "--url: 'ftp://x' is not http://HOST:PORT/PATH");
  EXPECT_EQ(complaint({kUrl}), "--rate is missing (or give --trace FILE)");
  EXPECT_EQ(complaint({kUrl, "--rate=5"}),
            "nothing to do: give --ramp-up, --sustain or --ramp-down a duration");
  EXPECT_EQ(complaint({kUrl, "--rate=5", "--sustain=1s", "--trace-speed=2"}),
            "--trace-speed needs --trace FILE");
  EXPECT_EQ(complaint({kUrl, "--trace=x.csv", "--rate=5"}),
            "--rate does not go with --trace; use one of them");
  EXPECT_EQ(complaint({kUrl, "--trace=/nonexistent.csv"}),
            "--trace: /nonexistent.csv: cannot be read: No such file or directory");
  EXPECT_EQ(complaint({kUrl, "--rate=5", "--sustain=1s", "--timeout=0s"}),
            "--timeout: must be more than 0");
  EXPECT_EQ(complaint({kUrl, "--rate=5", "--sustain=1s", "--min-success=99"}),
            "--min-success: '99' is not a number from 0 to 1");
}

TEST(RequestBody, IsWhatTheEngineTakes) {
  const RequestShape shape{.items = 3, .work_ms = 1.5, .wait_ms = 20.0};
  const auto parsed = parse_evaluation_request(make_request_body(shape, 7), {});
  const auto* request = std::get_if<EvaluationRequest>(&parsed);
  ASSERT_NE(request, nullptr);
  EXPECT_EQ(request->items.size(), 3U);
  EXPECT_EQ(request->work,
            (WorkPerItem{std::chrono::microseconds(1500), std::chrono::milliseconds(20)}));
}

TEST(RequestBody, AsksForNoWorkUnlessTold) {
  const WorkPerItem engine{std::chrono::milliseconds(1), {}};
  const auto parsed = parse_evaluation_request(make_request_body({}, 0), engine);
  EXPECT_EQ(std::get<EvaluationRequest>(parsed).work, engine);
}

TEST(RequestBody, VariantsDifferAndRepeat) {
  EXPECT_NE(make_request_body({}, 1), make_request_body({}, 2));
  EXPECT_EQ(make_request_body({}, 1), make_request_body({}, 1));
}

}  // namespace
}  // namespace evalscaler::workload
