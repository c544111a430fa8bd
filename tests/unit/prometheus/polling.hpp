// SPDX-License-Identifier: Apache-2.0
// A poller, its table and a scripted server, driven step by step on a manual clock.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fakes/manual_clock.hpp"
#include "fakes/scripted_http.hpp"
#include "prometheus/poller.hpp"
#include "prometheus/prometheus_readings.hpp"

namespace evalscaler::prometheus {

inline std::string vector_body(const std::string& rows, const std::string& more = "") {
  return R"({"status":"success","data":{"resultType":"vector","result":[)" + rows + "]}" + more +
         "}";
}

// The manual clock starts at 2026-01-01T00:00:00Z.
inline std::string row_text(const std::string& service, const std::string& value,
                            const std::string& time = "1767225600") {
  return R"({"metric":{"namespace":"ml","service":")" + service + R"("},"value":[)" + time +
         R"(,")" + value + R"("]})";
}

class Polling : public testing::Test {
 protected:
  static CatalogueMetric metric(const std::string& name) {
    CatalogueMetric out;
    out.name = name;
    out.unit = "things";
    out.query = "sum by (namespace, service) (" + name + ")";
    return out;
  }

  // Call once, before anything else.
  void start(std::vector<CatalogueMetric> metrics,
             InlineQueries inline_queries = InlineQueries::Allowed) {
    Server server;
    server.name = "default";
    server.url = "http://prometheus.test:9090";
    Catalogue catalogue{{server}, std::move(metrics)};
    readings = std::make_unique<PrometheusReadings>(std::move(catalogue), inline_queries, clock);
    readings->on_rounds([this](const std::vector<ObjectKey>& services) {
      for (const ObjectKey& each : services) announced.push_back(each.text());
    });
    access = *ServerAccess::open(readings->catalogue().servers.front(), clock);
    poller = std::make_unique<Poller>(*access, http, *readings, clock, metrics_out, 1);
    target.ready_replicas = 5;
  }

  static MetricUse use(const std::string& metric_name, const std::string& service = "prediction",
                       const std::string& query = "") {
    return {"default", metric_name, query, {"ml", service}};
  }
  static ObjectKey key(const std::string& service = "prediction") { return {"ml", service}; }

  void demand(const std::vector<std::string>& metrics, const std::string& service = "prediction") {
    std::vector<MetricUse> uses;
    uses.reserve(metrics.size());
    for (const std::string& name : metrics) uses.push_back(use(name, service));
    readings->demand(key(service), uses, std::chrono::seconds(15));
    clock.advance(QueryPlan::kSettling);
  }

  std::size_t ask_all() {
    std::size_t asked = 0;
    while (poller->ask_next(stop.get_token()) == Poller::Step::Asked) ++asked;
    return asked;
  }

  Reading read(const MetricUse& what) { return readings->read(what, target, clock.wall()); }

  // What is read of metric "load" when the server answers so.
  Reading after(fakes::ScriptedHttp::Answer answer) {
    start({metric("load")});
    demand({"load"});
    http.expect(std::move(answer));
    EXPECT_EQ(ask_all(), 1U);
    return read(use("load"));
  }
  Reading after(int status, const std::string& body) {
    return after([=](const wire::HttpRequest&) -> Result<wire::HttpResponse> {
      return wire::HttpResponse{status, {}, body};
    });
  }

  fakes::ManualClock clock;
  fakes::ScriptedHttp http;
  telemetry::Metrics metrics_out;
  std::unique_ptr<PrometheusReadings> readings;
  std::unique_ptr<ServerAccess> access;
  std::unique_ptr<Poller> poller;
  api::TargetObservation target;
  std::stop_source stop;
  std::vector<std::string> announced;
};

}  // namespace evalscaler::prometheus
