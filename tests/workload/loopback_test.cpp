// SPDX-License-Identifier: Apache-2.0
// The load generator against the engine, over real sockets.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <sstream>

#include "workload/clock.hpp"
#include "workload/engine/engine_server.hpp"
#include "workload/load/load_run.hpp"
#include "workload/raw_client.hpp"

namespace evalscaler::workload {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

EngineSettings loopback_settings() {
  EngineSettings settings;
  settings.address = "127.0.0.1";
  settings.port = 0;
  return settings;
}

LoadSettings load_on(std::uint16_t port, const Phases& phases) {
  LoadSettings settings;
  settings.urls.push_back(
      parse_http_url("http://127.0.0.1:" + std::to_string(port) + "/evaluate").value());
  settings.schedule = make_schedule(phases);
  return settings;
}

LoadReport drive(const LoadSettings& settings) {
  const auto targets = resolve_targets(settings.urls);
  boost::asio::io_context io(1);
  std::ostringstream progress;
  LoadRun run(io, settings, targets.value(), progress);
  return run.run();
}

// The value of one series of /metrics.
std::uint64_t scraped(const EngineServer& server, const std::string& series) {
  const std::string text = fetch(server.port(), "/metrics");
  const std::size_t at = text.find("\n" + series + " ");
  if (at == std::string::npos) {
    ADD_FAILURE() << series << " is missing";
    return 0;
  }
  return std::stoull(text.substr(at + series.size() + 2));
}

std::uint64_t answered(const EngineServer& server, const std::string& code) {
  return scraped(server,
                 "http_requests_total{code=\"" + code + "\",method=\"POST\",path=\"/evaluate\"}");
}

void expect_agreement(const EngineServer& server, const LoadReport& report) {
  const LatencyRecorder& recorder = report.recorder;
  EXPECT_EQ(recorder.ok() + recorder.failed(), recorder.sent());
  EXPECT_EQ(recorder.failed(), recorder.failed(FailureKind::Status503));
  EXPECT_EQ(answered(server, "200"), recorder.ok());
  EXPECT_EQ(answered(server, "503"), recorder.failed(FailureKind::Status503));
  EXPECT_EQ(scraped(server, "http_request_duration_seconds_count{path=\"/evaluate\"}"),
            recorder.ok());
}

TEST(Loopback, EngineAndGeneratorCountTheSame) {
  auto started = EngineServer::start(loopback_settings());
  ASSERT_TRUE(started) << started.error().message;
  const EngineServer& server = *started.value();
  LoadSettings settings = load_on(server.port(), Phases{{}, seconds(2), {}, 200.0});
  settings.shape = {.items = 2, .work_ms = 0.1, .wait_ms = 1.0};
  const LoadReport report = drive(settings);
  EXPECT_EQ(report.recorder.sent(), 400U);
  EXPECT_GT(report.recorder.ok(), 0U);
  expect_agreement(server, report);
  EXPECT_EQ(scraped(server, "evaluation_items_total"), 2 * report.recorder.ok());
  EXPECT_EQ(report.end, RunEnd::Complete);
}

TEST(Loopback, OverloadIsRefusedAndBothSaySo) {
  EngineSettings engine = loopback_settings();
  engine.pool = {1, 2};
  engine.work.wait = milliseconds(25);
  auto started = EngineServer::start(engine);
  ASSERT_TRUE(started) << started.error().message;
  const LoadReport report =
      drive(load_on(started.value()->port(), Phases{{}, seconds(1), {}, 200.0}));
  // One worker gets through 40 of the 200 at best.
  EXPECT_GE(report.recorder.failed(FailureKind::Status503), 100U);
  expect_agreement(*started.value(), report);
}

TEST(Loopback, KeptConnectionsAreReplacedWhenTheServerHasClosedThem) {
  EngineSettings engine = loopback_settings();
  engine.limits.header = milliseconds(30);
  auto started = EngineServer::start(engine);
  ASSERT_TRUE(started) << started.error().message;
  LoadSettings settings = load_on(started.value()->port(), Phases{{}, seconds(1), {}, 5.0});
  settings.connection_use = ConnectionUse::KeepAlive;
  const LoadReport report = drive(settings);
  EXPECT_EQ(report.recorder.ok(), 5U);
  expect_agreement(*started.value(), report);
}

TEST(Loopback, NobodyListeningIsCountedAsRefused) {
  std::uint16_t port = 0;
  {
    auto started = EngineServer::start(loopback_settings());
    ASSERT_TRUE(started) << started.error().message;
    port = started.value()->port();
  }
  const LoadReport report = drive(load_on(port, Phases{{}, milliseconds(100), {}, 100.0}));
  EXPECT_EQ(report.recorder.failed(FailureKind::ConnectRefused), 10U);
  EXPECT_FALSE(report.recorder.latency().has_value());
}

TEST(Loopback, AStallDoesNotSlowTheGeneratorDownAndItStillEnds) {
  EngineSettings engine = loopback_settings();
  engine.pool = {1, 1000};
  engine.work.wait = seconds(3);
  auto started = EngineServer::start(engine);
  ASSERT_TRUE(started) << started.error().message;
  LoadSettings settings =
      load_on(started.value()->port(), Phases{{}, milliseconds(500), {}, 100.0});
  settings.timeout = milliseconds(300);
  const Instant begin = monotonic_now();
  const LoadReport report = drive(settings);
  EXPECT_LT(monotonic_now() - begin, milliseconds(2500));
  EXPECT_EQ(report.recorder.sent(), 50U);
  EXPECT_EQ(report.recorder.failed(FailureKind::Timeout), 50U);
}

TEST(Loopback, LatencyCountsTheWaitForAConnection) {
  EngineSettings engine = loopback_settings();
  engine.work.wait = milliseconds(50);
  auto started = EngineServer::start(engine);
  ASSERT_TRUE(started) << started.error().message;
  LoadSettings settings = load_on(started.value()->port(), Phases{{}, milliseconds(100), {}, 50.0});
  settings.most_connections = 1;
  const LoadReport report = drive(settings);
  // Five requests come 20 ms apart and are served 50 ms apart: the last waits for the others.
  ASSERT_EQ(report.recorder.ok(), 5U);
  EXPECT_GE(report.recorder.latency()->max, 150.0);
}

TEST(Loopback, ATimeoutAfterWaitingForAConnectionSaysSo) {
  EngineSettings engine = loopback_settings();
  engine.work.wait = milliseconds(200);
  auto started = EngineServer::start(engine);
  ASSERT_TRUE(started) << started.error().message;
  LoadSettings settings =
      load_on(started.value()->port(), Phases{{}, milliseconds(100), {}, 100.0});
  settings.most_connections = 1;
  settings.timeout = milliseconds(150);
  const LoadReport report = drive(settings);
  // The first has the connection, the other nine are due while it does.
  EXPECT_EQ(report.recorder.failed(FailureKind::Timeout), 1U);
  EXPECT_EQ(report.recorder.failed(FailureKind::ConnectionLimit), 9U);
}

}  // namespace
}  // namespace evalscaler::workload
