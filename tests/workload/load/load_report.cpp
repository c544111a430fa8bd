// SPDX-License-Identifier: Apache-2.0
#include "workload/load/load_report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace evalscaler::workload {
namespace {

using nlohmann::ordered_json;

constexpr std::array<FailureKind, kFailureKinds> kKinds = {
    FailureKind::ConnectRefused, FailureKind::ConnectFailed, FailureKind::ConnectionLimit,
    FailureKind::Timeout,        FailureKind::Reset,         FailureKind::BadAnswer,
    FailureKind::Status503,      FailureKind::OtherStatus};

std::string fixed(double number, int decimals) {
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*f", decimals, number);
  return buffer.data();
}

std::string row(const std::string& name, const std::string& value) {
  static constexpr std::size_t kNameWidth = 18;
  static constexpr std::size_t kValueWidth = 12;
  const std::size_t used = std::min(value.size(), kValueWidth);
  return "  " + name + std::string(kNameWidth - std::min(name.size(), kNameWidth), ' ') +
         std::string(kValueWidth - used, ' ') + value + "\n";
}

double rounded(double number) {
  return std::round(number * 1000.0) / 1000.0;
}

double seconds_of(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

std::uint64_t unfinished(const LatencyRecorder& recorder) {
  return recorder.sent() - recorder.ok() - recorder.failed();
}

}  // namespace

std::string to_table(const LoadReport& report) {
  const LatencyRecorder& recorder = report.recorder;
  std::string text = "requests in " + fixed(seconds_of(report.duration), 1) + " s";
  text += report.end == RunEnd::Interrupted ? " (interrupted)\n" : "\n";
  text += row("sent", std::to_string(recorder.sent()));
  text += row("ok", std::to_string(recorder.ok()));
  text += row("failed", std::to_string(recorder.failed()));
  if (unfinished(recorder) > 0) text += row("unfinished", std::to_string(unfinished(recorder)));
  const auto success = recorder.success_rate();
  text += row("success", success ? fixed(*success * 100.0, 2) + " %" : "-");
  text += "latency of successes, from the intended send time, ms\n";
  const auto latency = recorder.latency();
  const auto show = [&](const char* name, double LatencySummary::*member) {
    text += row(name, latency ? fixed((*latency).*member, 1) : "-");
  };
  show("mean", &LatencySummary::mean);
  show("p50", &LatencySummary::p50);
  show("p95", &LatencySummary::p95);
  show("p99", &LatencySummary::p99);
  show("max", &LatencySummary::max);
  text += row("sent late by up to", fixed(seconds_of(recorder.longest_lag()) * 1000.0, 1));
  if (recorder.failed() > 0) text += "failures\n";
  for (const FailureKind kind : kKinds) {
    if (recorder.failed(kind) == 0) continue;
    text += row(std::string(to_name(kind)), std::to_string(recorder.failed(kind)));
  }
  return text;
}

std::string to_json(const LoadReport& report) {
  const LatencyRecorder& recorder = report.recorder;
  ordered_json json;
  json["durationSeconds"] = rounded(seconds_of(report.duration));
  json["interrupted"] = report.end == RunEnd::Interrupted;
  json["sent"] = recorder.sent();
  json["ok"] = recorder.ok();
  json["failed"] = recorder.failed();
  json["unfinished"] = unfinished(recorder);
  const auto success = recorder.success_rate();
  json["successRate"] = success ? ordered_json(*success) : ordered_json(nullptr);
  const auto latency = recorder.latency();
  json["latencyMs"] = latency ? ordered_json({{"mean", rounded(latency->mean)},
                                              {"p50", latency->p50},
                                              {"p95", latency->p95},
                                              {"p99", latency->p99},
                                              {"max", latency->max}})
                              : ordered_json(nullptr);
  ordered_json& errors = json["errors"] = ordered_json::object();
  for (const FailureKind kind : kKinds) errors[std::string(to_name(kind))] = recorder.failed(kind);
  ordered_json& statuses = json["statusCodes"] = ordered_json::object();
  for (const auto& [status, count] : recorder.statuses()) statuses[std::to_string(status)] = count;
  json["maxSendLagMs"] = rounded(seconds_of(recorder.longest_lag()) * 1000.0);
  ordered_json& series = json["series"] = ordered_json::array();
  std::uint64_t second = 0;
  for (const SecondCounts& counts : recorder.seconds()) {
    series.push_back({{"second", second++},
                      {"sent", counts.sent},
                      {"ok", counts.ok},
                      {"failed", counts.failed}});
  }
  return json.dump() + "\n";
}

}  // namespace evalscaler::workload
