// SPDX-License-Identifier: Apache-2.0
#include "app/probes.hpp"

#include <utility>

#include "core/text.hpp"

namespace evalscaler::app {
namespace {

wire::HttpAnswer answer(int status, const std::string& body) {
  wire::HttpAnswer out;
  out.status = status;
  out.body = body + "\n";
  return out;
}

}  // namespace

wire::HttpRoutes probe_routes(std::function<bool()> alive,
                              std::function<std::vector<CacheState>()> caches) {
  wire::HttpRoutes routes;
  routes["/healthz"] = [alive = std::move(alive)] {
    return alive() ? answer(200, "ok") : answer(500, "a worker is stuck in a visit");
  };
  routes["/readyz"] = [caches = std::move(caches)] {
    std::vector<std::string> missing;
    for (const CacheState& cache : caches()) {
      if (!cache.synced) missing.push_back(cache.resource);
    }
    return missing.empty() ? answer(200, "ok")
                           : answer(503, "not listed yet: " + join(missing, ", "));
  };
  return routes;
}

wire::HttpRoutes metrics_routes(const telemetry::Metrics& metrics) {
  wire::HttpRoutes routes;
  routes["/metrics"] = [&metrics] {
    wire::HttpAnswer out;
    out.content_type = "text/plain; version=0.0.4; charset=utf-8";
    out.body = metrics.exposition();
    return out;
  };
  return routes;
}

}  // namespace evalscaler::app
