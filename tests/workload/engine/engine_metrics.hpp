// SPDX-License-Identifier: Apache-2.0
// EngineMetrics: what the engine counts about /evaluate, and its Prometheus text.
//
// The text is a pure function of a snapshot; counting is safe from any thread.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "workload/engine/process_usage.hpp"

namespace evalscaler::workload {

// Every answer /evaluate can give, one row per exported series. The table is closed, so that each
// series stands at 0 before its first increment: rate() cannot see a counter that is born at 1.
struct AnswerSeries {
  unsigned code;
  std::string_view method;
};
inline constexpr std::array<AnswerSeries, 6> kAnswerSeries = {
    {{200, "POST"}, {400, "POST"}, {413, "POST"}, {503, "POST"}, {405, "GET"}, {405, "other"}}};

// Upper bounds in seconds, those most client libraries start with; +Inf follows.
inline constexpr std::array<double, 11> kDurationBounds = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                           0.5,   1.0,  2.5,   5.0,  10.0};

// The numbers at one moment.
struct MetricsSnapshot {
  std::array<std::uint64_t, kAnswerSeries.size()> answers{};
  std::array<std::uint64_t, kDurationBounds.size() + 1> duration_buckets{};  // not cumulative
  double duration_sum = 0.0;
  std::uint64_t items = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t queue_depth = 0;
  double start_time = 0.0;  // seconds since 1970
  ProcessUsage process;
};

// Prometheus text format 0.0.4. Pure.
[[nodiscard]] std::string to_prometheus_text(const MetricsSnapshot& snapshot);
inline constexpr std::string_view kPrometheusTextType = "text/plain; version=0.0.4; charset=utf-8";

class EngineMetrics {
 public:
  explicit EngineMetrics(double start_time);

  // A code and method outside kAnswerSeries are counted nowhere.
  void record_answer(unsigned code, std::string_view method);

  // One evaluation that ran. Refused requests are not in the histogram: their speed would make an
  // overloaded engine look fast.
  void record_evaluation(std::chrono::nanoseconds duration, std::size_t items);

  // Counts one request as in flight until the last copy of the token is gone.
  [[nodiscard]] std::shared_ptr<void> begin_request();

  [[nodiscard]] std::uint64_t in_flight() const;

  // Everything but what only the caller knows: queue depth and process usage are left 0.
  [[nodiscard]] MetricsSnapshot snapshot() const;

 private:
  // Shared with the tokens, which may outlive this object.
  struct State {
    mutable std::mutex mutex;
    MetricsSnapshot numbers;  // guarded by mutex
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace evalscaler::workload
