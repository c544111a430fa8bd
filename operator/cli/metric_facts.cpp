// SPDX-License-Identifier: Apache-2.0
#include "cli/metric_facts.hpp"

#include "prometheus/catalogue.hpp"

namespace evalscaler::cli {

std::vector<MetricFacts> metrics_of(const api::Tier& tier) {
  static const prometheus::Catalogue catalogue = prometheus::builtin_catalogue();
  std::vector<MetricFacts> facts;
  for (const api::MetricDemand& metric : api::metric_demands(tier)) {
    const bool own = !metric.query.empty();
    const auto* known = own ? nullptr : catalogue.find_metric(metric.name);
    const bool usual = known == nullptr ? metric.worse == api::Worse::Higher
                                        : known->proportion == prometheus::Proportion::Proportional;
    facts.push_back({std::string(metric.name), known == nullptr ? std::string() : known->unit,
                     metric.proportional.value_or(usual)});
  }
  return facts;
}

}  // namespace evalscaler::cli
