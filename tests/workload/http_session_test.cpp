// SPDX-License-Identifier: Apache-2.0
#include "workload/engine/http_session.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "workload/clock.hpp"
#include "workload/engine/engine_server.hpp"
#include "workload/raw_client.hpp"

namespace evalscaler::workload {
namespace {

using std::chrono::milliseconds;

EngineSettings loopback_settings() {
  EngineSettings settings;
  settings.address = "127.0.0.1";
  settings.port = 0;
  settings.drain = milliseconds(0);
  return settings;
}

std::unique_ptr<EngineServer> serve(const EngineSettings& settings) {
  auto server = EngineServer::start(settings);
  if (!server) {
    ADD_FAILURE() << server.error().message;
    return nullptr;
  }
  return std::move(server).value();
}

std::string evaluate_request(std::string_view work) {
  const std::string body =
      R"({"items":[{"id":"a","text":"t"}],"criteria":[{"name":"accuracy"}],"work":)" +
      std::string(work) + "}";
  return "POST /evaluate HTTP/1.1\r\nHost: engine\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

constexpr std::string_view kGetHealth = "GET /health HTTP/1.1\r\nHost: engine\r\n\r\n";

TEST(HttpSession, KeepsTheConnectionForFurtherRequests) {
  const auto server = serve(loopback_settings());
  RawClient client(server->port());
  for (int request = 0; request < 3; ++request) {
    client.send(evaluate_request("{}"));
    const std::string answer = client.read_until("averageScore");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  }
}

TEST(HttpSession, ClosesWhenAskedTo) {
  const auto server = serve(loopback_settings());
  const std::string answer = fetch(server->port(), "/health");
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\nok\n")) << answer;
}

TEST(HttpSession, AnOversizedBodyGetsItsAnswerThoughItIsNeverRead) {
  const auto server = serve(loopback_settings());
  RawClient client(server->port());
  client.send("POST /evaluate HTTP/1.1\r\nHost: engine\r\nContent-Length: 3000000\r\n\r\n");
  client.send(std::string(3000000, 'x'));
  const std::string answer = client.read_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
  EXPECT_NE(
      fetch(server->port(), "/metrics").find("{code=\"413\",method=\"POST\",path=\"/evaluate\"} 1"),
      std::string::npos);
}

TEST(HttpSession, ABodyOfUnknownLengthIsBoundedToo) {
  const auto server = serve(loopback_settings());
  RawClient client(server->port());
  client.send("POST /evaluate HTTP/1.1\r\nHost: engine\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.send("200000\r\n" + std::string(0x200000, 'x') + "\r\n0\r\n\r\n");
  const std::string answer = client.read_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
}

TEST(HttpSession, WhoeverWaitsForContinueGetsIt) {
  const auto server = serve(loopback_settings());
  RawClient client(server->port());
  client.send(
      "POST /evaluate HTTP/1.1\r\nHost: engine\r\nContent-Length: 2\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("{}");
  EXPECT_TRUE(client.read_until("is missing").starts_with("HTTP/1.1 400 "));
}

TEST(HttpSession, WhatIsNotHttpIsRefused) {
  const auto server = serve(loopback_settings());
  RawClient client(server->port());
  client.send("nonsense\r\n\r\n");
  EXPECT_TRUE(client.read_all().starts_with("HTTP/1.1 400 "));
}

TEST(HttpSession, AnEndlessHeaderIsRefused) {
  const auto server = serve(loopback_settings());
  RawClient client(server->port());
  client.send("GET /health HTTP/1.1\r\nX: " + std::string(10000, 'x') + "\r\n\r\n");
  EXPECT_TRUE(client.read_all().starts_with("HTTP/1.1 431 "));
}

TEST(HttpSession, HeadGetsTheLengthWithoutTheBody) {
  const auto server = serve(loopback_settings());
  RawClient client(server->port());
  client.send("HEAD /health HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n");
  const std::string answer = client.read_all();
  EXPECT_NE(answer.find("Content-Length: 3\r\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST(HttpSession, ASlowHeaderEndsTheConnection) {
  EngineSettings settings = loopback_settings();
  settings.limits.header = milliseconds(50);
  const auto server = serve(settings);
  RawClient client(server->port());
  client.send("GET /health HT");
  const Instant begin = monotonic_now();
  EXPECT_EQ(client.read_all(), "");
  EXPECT_LT(monotonic_now() - begin, std::chrono::seconds(9));  // not the client's own patience
}

TEST(HttpSession, ASlowBodyEndsTheConnection) {
  EngineSettings settings = loopback_settings();
  settings.limits.body = milliseconds(50);
  const auto server = serve(settings);
  RawClient client(server->port());
  client.send("POST /evaluate HTTP/1.1\r\nHost: engine\r\nContent-Length: 100\r\n\r\nhalf");
  const Instant begin = monotonic_now();
  EXPECT_EQ(client.read_all(), "");
  EXPECT_LT(monotonic_now() - begin, std::chrono::seconds(9));
}

TEST(EngineServer, ConnectionsBeyondTheLimitWaitUntilOneEnds) {
  EngineSettings settings = loopback_settings();
  settings.most_connections = 1;
  const auto server = serve(settings);
  RawClient first(server->port());
  first.send(kGetHealth);
  ASSERT_NE(first.read_until("ok\n"), "");
  RawClient second(server->port());
  second.send(kGetHealth);
  second.set_patience(milliseconds(100));
  EXPECT_EQ(second.read_some(), "");
  first.close();
  second.set_patience(std::chrono::seconds(10));
  EXPECT_TRUE(second.read_until("ok\n").starts_with("HTTP/1.1 200 "));
}

TEST(EngineServer, DrainingFinishesWhatIsUnderWayAndThenEnds) {
  const auto server = serve(loopback_settings());
  RawClient client(server->port());
  client.send(evaluate_request(R"({"waitMs":200})"));
  while (fetch(server->port(), "/metrics").find("\nhttp_requests_in_flight 1\n") ==
         std::string::npos) {
    std::this_thread::yield();
  }
  server->drain();
  EXPECT_EQ(server->wait(), DrainOutcome::Finished);
  const std::string answer = client.read_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
}

TEST(EngineServer, WhileDrainingItServesButIsNotReady) {
  EngineSettings settings = loopback_settings();
  settings.drain = std::chrono::seconds(600);
  const auto server = serve(settings);
  server->drain();
  std::string ready;
  do {
    ready = fetch(server->port(), "/ready");
  } while (ready.starts_with("HTTP/1.1 200 "));  // until the drain has taken hold
  EXPECT_TRUE(ready.starts_with("HTTP/1.1 503 ")) << ready;
  RawClient client(server->port());
  client.send(evaluate_request("{}"));
  const std::string answer = client.read_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
}

TEST(EngineServer, APortInUseIsAClearError) {
  const auto server = serve(loopback_settings());
  EngineSettings same = loopback_settings();
  same.port = server->port();
  const auto second = EngineServer::start(same);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message,
            "cannot listen on 127.0.0.1:" + std::to_string(same.port) + ": Address already in use");
}

}  // namespace
}  // namespace evalscaler::workload
