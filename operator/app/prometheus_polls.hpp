// SPDX-License-Identifier: Apache-2.0
// PrometheusPolls: a connection and a poller for every Prometheus server of the catalogue.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "prometheus/poller.hpp"
#include "prometheus/prometheus_readings.hpp"
#include "prometheus/server_access.hpp"
#include "telemetry/metrics.hpp"
#include "wire/http.hpp"

namespace evalscaler::app {

class PrometheusPolls {
 public:
  // Fails, naming server and file, if a server of the catalogue cannot be used. References
  // must outlive it.
  static Result<std::unique_ptr<PrometheusPolls>> open(prometheus::PrometheusReadings& readings,
                                                       Clock& clock, telemetry::Metrics& metrics);

  void start();
  void stop();                  // returns when the threads have ended
  std::string servers() const;  // for the log: "default http://prometheus:9090"

 private:
  struct Link {
    std::unique_ptr<prometheus::ServerAccess> access;
    std::unique_ptr<wire::HttpClient> http;
    std::unique_ptr<prometheus::Poller> poller;
  };
  std::vector<Link> links_;
  std::vector<std::unique_ptr<prometheus::PollerThreads>> threads_;
};

}  // namespace evalscaler::app
