// SPDX-License-Identifier: Apache-2.0
// The built-in metrics: PromQL for real exporters, one expression per metric.
//
// Sources of the names: cAdvisor (kubelet), the usual HTTP counter and histogram,
// redis_exporter, CloudNativePG's instance exporter.
#pragma once

#include <chrono>
#include <vector>

#include "prometheus/catalogue.hpp"

namespace evalscaler::prometheus {

// How the built-in queries look back. A window holds at least four scrapes, or rates mean
// nothing; cAdvisor refreshes every 10 to 15 s whatever the scrape interval, so its queries
// never look back less than 60 s.
struct BuiltinWindows {
  std::chrono::seconds window{60};
  std::chrono::seconds scrape_interval{15};
};

std::vector<CatalogueMetric> builtin_metrics(const BuiltinWindows& windows);

}  // namespace evalscaler::prometheus
