// SPDX-License-Identifier: Apache-2.0
#include "app/probes.hpp"

#include <gtest/gtest.h>

namespace evalscaler::app {
namespace {

TEST(Probes, ReadyOnceEveryCacheIsFilled) {
  std::vector<CacheState> caches{{"evaluationservices", false}, {"deployments", true}};
  auto routes = probe_routes([] { return true; }, [&] { return caches; });
  EXPECT_EQ(routes.at("/readyz")().status, 503);
  EXPECT_EQ(routes.at("/readyz")().body, "not listed yet: evaluationservices\n");
  caches[0].synced = true;
  EXPECT_EQ(routes.at("/readyz")().status, 200);
}

TEST(Probes, AliveDoesNotDependOnCaches) {
  bool alive = true;
  auto routes = probe_routes([&] { return alive; },
                             [] {
                               return std::vector<CacheState>{{"deployments", false}};
                             });
  EXPECT_EQ(routes.at("/healthz")().status, 200);
  alive = false;
  EXPECT_EQ(routes.at("/healthz")().status, 500);
}

TEST(Probes, MetricsAreServedInPrometheusText) {
  telemetry::Metrics metrics;
  metrics.set(telemetry::Metric::BuildInfo, {"1.2.3"}, 1);
  const auto answer = metrics_routes(metrics).at("/metrics")();
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("evalscaler_build_info{version=\"1.2.3\"} 1"), std::string::npos);
  EXPECT_NE(answer.content_type.find("version=0.0.4"), std::string::npos);
}

}  // namespace
}  // namespace evalscaler::app
