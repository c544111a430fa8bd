// SPDX-License-Identifier: Apache-2.0
#include "telemetry/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace evalscaler::telemetry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Metrics, CountersAddUpPerLabels) {
  Metrics metrics;
  metrics.add(Metric::RestClientRequests, {"200", "GET", "api"});
  metrics.add(Metric::RestClientRequests, {"200", "GET", "api"}, 2);
  metrics.add(Metric::RestClientRequests, {"409", "PATCH", "api"});
  const std::string text = metrics.exposition();
  EXPECT_THAT(text, HasSubstr("# TYPE rest_client_requests_total counter\n"));
  EXPECT_THAT(
      text, HasSubstr("rest_client_requests_total{code=\"200\",host=\"api\",method=\"GET\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("code=\"409\""));
}

TEST(Metrics, GaugesAreSetAndMoved) {
  Metrics metrics;
  metrics.set(Metric::QueueDepth, {"services"}, 5);
  metrics.add(Metric::QueueDepth, {"services"}, -2);
  EXPECT_THAT(metrics.exposition(), HasSubstr("workqueue_depth{name=\"services\"} 3\n"));
}

TEST(Metrics, DurationsFallIntoTheirBuckets) {
  Metrics metrics;
  metrics.observe(Metric::ReconcileSeconds, {"services"}, 0.3);
  const std::string text = metrics.exposition();
  EXPECT_THAT(text, HasSubstr("controller=\"services\",le=\"0.25\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("controller=\"services\",le=\"0.5\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("reconcile_time_seconds_count{controller=\"services\"} 1\n"));
}

TEST(Metrics, LabelValuesAreEscaped) {
  Metrics metrics;
  metrics.set(Metric::Services, {"a\"\nb"}, 1);
  EXPECT_THAT(metrics.exposition(), HasSubstr("evalscaler_services{mode=\"a\\\"\\nb\"} 1\n"));
}

TEST(Metrics, ShowTheVersionAndNothingThatWasNeverSet) {
  const std::string text = Metrics().exposition();
  EXPECT_THAT(text, HasSubstr("evalscaler_build_info{version=\""));
  EXPECT_THAT(text, Not(HasSubstr("workqueue_depth{")));
}

TEST(Metrics, ThreadsCountTogether) {
  Metrics metrics;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 500; ++n) metrics.add(Metric::QueueAdds, {"services"});
      });
    }
  }
  EXPECT_THAT(metrics.exposition(), HasSubstr("workqueue_adds_total{name=\"services\"} 2000\n"));
}

}  // namespace
}  // namespace evalscaler::telemetry
