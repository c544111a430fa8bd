// SPDX-License-Identifier: Apache-2.0
// Probes: /healthz, /readyz and /metrics over HTTP.
//
// Alive: no worker is stuck in a visit; never depends on the API server or Prometheus. Ready:
// every watch cache has been filled once (R65).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "telemetry/metrics.hpp"
#include "wire/http_server.hpp"

namespace evalscaler::app {

struct CacheState {
  std::string resource;
  bool synced = false;
};

wire::HttpRoutes probe_routes(std::function<bool()> alive,
                              std::function<std::vector<CacheState>()> caches);
// `metrics` must outlive the server.
wire::HttpRoutes metrics_routes(const telemetry::Metrics& metrics);

}  // namespace evalscaler::app
