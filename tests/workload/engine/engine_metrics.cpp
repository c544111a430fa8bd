// SPDX-License-Identifier: Apache-2.0
#include "workload/engine/engine_metrics.hpp"

#include <algorithm>

#include "workload/number_text.hpp"

namespace evalscaler::workload {
namespace {

constexpr std::string_view kPath = "path=\"/evaluate\"";

void add_head(std::string& text, std::string_view name, std::string_view type,
              std::string_view meaning) {
  text.append("# HELP ").append(name).append(" ").append(meaning).append("\n");
  text.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void add_single(std::string& text, std::string_view name, std::string_view type,
                std::string_view meaning, const std::string& value) {
  add_head(text, name, type, meaning);
  text.append(name).append(" ").append(value).append("\n");
}

void add_answers(std::string& text, const MetricsSnapshot& snapshot) {
  add_head(text, "http_requests_total", "counter", "Answers of /evaluate by status and method.");
  for (std::size_t at = 0; at < kAnswerSeries.size(); ++at) {
    text.append("http_requests_total{code=\"").append(std::to_string(kAnswerSeries[at].code));
    text.append("\",method=\"").append(kAnswerSeries[at].method).append("\",").append(kPath);
    text.append("} ").append(std::to_string(snapshot.answers[at])).append("\n");
  }
}

void add_durations(std::string& text, const MetricsSnapshot& snapshot) {
  static constexpr std::string_view kName = "http_request_duration_seconds";
  add_head(text, kName, "histogram",
           "Time from a request read to its answer, of evaluations that ran.");
  std::uint64_t count = 0;
  for (std::size_t at = 0; at < snapshot.duration_buckets.size(); ++at) {
    count += snapshot.duration_buckets[at];
    const std::string bound =
        at < kDurationBounds.size() ? to_text(kDurationBounds[at]) : std::string("+Inf");
    text.append(kName).append("_bucket{").append(kPath).append(",le=\"").append(bound);
    text.append("\"} ").append(std::to_string(count)).append("\n");
  }
  text.append(kName).append("_sum{").append(kPath).append("} ");
  text.append(to_text(snapshot.duration_sum)).append("\n");
  text.append(kName).append("_count{").append(kPath).append("} ");
  text.append(std::to_string(count)).append("\n");
}

}  // namespace

std::string to_prometheus_text(const MetricsSnapshot& snapshot) {
  std::string text;
  add_answers(text, snapshot);
  add_durations(text, snapshot);
  add_single(text, "queue_depth", "gauge", "Requests waiting for a worker.",
             std::to_string(snapshot.queue_depth));
  add_single(text, "http_requests_in_flight", "gauge",
             "Requests of /evaluate read and not yet answered.",
             std::to_string(snapshot.in_flight));
  add_single(text, "evaluation_items_total", "counter", "Items evaluated.",
             std::to_string(snapshot.items));
  add_single(text, "process_start_time_seconds", "gauge", "Start of the process, Unix time.",
             to_text(snapshot.start_time));
  add_single(text, "process_cpu_seconds_total", "counter", "User and system CPU time used.",
             to_text(snapshot.process.cpu_seconds));
  add_single(text, "process_resident_memory_bytes", "gauge", "Resident memory.",
             std::to_string(snapshot.process.resident_bytes));
  return text;
}

EngineMetrics::EngineMetrics(double start_time) {
  state_->numbers.start_time = start_time;
}

void EngineMetrics::record_answer(unsigned code, std::string_view method) {
  const auto row = std::ranges::find_if(kAnswerSeries, [&](const AnswerSeries& series) {
    return series.code == code && series.method == method;
  });
  if (row == kAnswerSeries.end()) return;
  const std::lock_guard lock(state_->mutex);
  ++state_->numbers.answers[static_cast<std::size_t>(row - kAnswerSeries.begin())];
}

void EngineMetrics::record_evaluation(std::chrono::nanoseconds duration, std::size_t items) {
  const double seconds = std::chrono::duration<double>(duration).count();
  // Bounds are inclusive: a value equal to one belongs to its bucket.
  const auto bound = std::ranges::lower_bound(kDurationBounds, seconds);
  const std::lock_guard lock(state_->mutex);
  ++state_->numbers.duration_buckets[static_cast<std::size_t>(bound - kDurationBounds.begin())];
  state_->numbers.duration_sum += seconds;
  state_->numbers.items += items;
}

std::shared_ptr<void> EngineMetrics::begin_request() {
  {
    const std::lock_guard lock(state_->mutex);
    ++state_->numbers.in_flight;
  }
  return {nullptr, [state = state_](void*) {
            const std::lock_guard lock(state->mutex);
            --state->numbers.in_flight;
          }};
}

std::uint64_t EngineMetrics::in_flight() const {
  const std::lock_guard lock(state_->mutex);
  return state_->numbers.in_flight;
}

MetricsSnapshot EngineMetrics::snapshot() const {
  const std::lock_guard lock(state_->mutex);
  return state_->numbers;
}

}  // namespace evalscaler::workload
