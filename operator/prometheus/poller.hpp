// SPDX-License-Identifier: Apache-2.0
// Poller: asks one Prometheus server what is due, a few queries at a time.
//
// Each query is a POST of its own with a deadline of its own, so that a slow one delays no
// other. Answers are decoded one after the other in buffers that stay. Start as many threads
// on run() as queries may be in flight; everything here is thread-safe.
#pragma once

#include <cstddef>
#include <mutex>
#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "core/clock.hpp"
#include "prometheus/prometheus_readings.hpp"
#include "prometheus/server_access.hpp"
#include "telemetry/metrics.hpp"
#include "wire/http.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::prometheus {

inline constexpr unsigned kQueriesInFlight = 4;
// Rows Prometheus is asked to stop after (it then says so in a warning).
inline constexpr unsigned kRowLimit = 100'000;

class Poller {
 public:
  // Everything referred to must outlive it. `seed` spreads retries.
  Poller(ServerAccess& access, wire::HttpClient& http, PrometheusReadings& readings, Clock& clock,
         telemetry::Metrics& metrics, std::uint64_t seed);

  // Asks what is due until a stop is requested.
  void run(const std::stop_token& stop);
  enum class Step { Asked, NothingDue };
  // One query, if one is due; does not wait for it to become due.
  Step ask_next(const std::stop_token& stop);

 private:
  struct Reply {
    Outcome outcome;
    std::optional<std::chrono::seconds> retry_after;
    std::string body;  // of status 200
  };
  Reply exchange(const DueQuery& query, const std::stop_token& stop);
  Result<wire::HttpRequest> request(const DueQuery& query);
  Outcome refusal(wire::HttpResponse& response);
  void publish(const DueQuery& query, Reply reply, WallTime sent, SteadyTime started);
  void decode(const DueQuery& query, Reply& reply, WallTime sent, std::vector<AnswerView>& rows);
  void tell(const DueQuery& query, const Outcome& outcome);
  std::string from_server(const std::string& what) const;

  ServerAccess& access_;
  wire::HttpClient& http_;
  PrometheusReadings& readings_;
  Clock& clock_;
  telemetry::Metrics& metrics_;

  std::mutex decoding_;  // guards what follows
  wire::JsonReader reader_;
  std::vector<VectorAnswer> answers_;
  std::mt19937_64 random_;
  std::unordered_map<QueryId, std::string> failing_;  // -> the reason that was logged
};

// A poller's threads; ends and joins them when destroyed.
class PollerThreads {
 public:
  explicit PollerThreads(Poller& poller);
  ~PollerThreads();
  PollerThreads(const PollerThreads&) = delete;
  PollerThreads& operator=(const PollerThreads&) = delete;

 private:
  std::vector<std::jthread> threads_;
};

}  // namespace evalscaler::prometheus
