// SPDX-License-Identifier: Apache-2.0
#include "checks/catalogue_metrics.hpp"

#include <algorithm>
#include <string>

#include "checks/query_smells.hpp"
#include "checks/reasons.hpp"
#include "core/time_text.hpp"

namespace evalscaler::checks {
namespace {

// With an ageQuery samples are as old as the last scrape; a late one must not make them Missing.
void check_age(const prometheus::CatalogueMetric& metric, std::chrono::seconds scrape,
               const std::string& field, Report& out) {
  constexpr int kScrapes = 2;
  if (metric.age_query.empty() || metric.max_age >= kScrapes * scrape) return;
  out.warning(field + ".maxAgeSeconds", reasons::kMaxAgeShort,
              duration_text(metric.max_age) + " with a scrape every " + duration_text(scrape) +
                  ": one late scrape makes the metric Missing",
              "maxAgeSeconds: " + std::to_string((kScrapes * scrape).count()));
}

}  // namespace

Report check_catalogue(const prometheus::Catalogue& catalogue, std::size_t stated) {
  Report out;
  for (std::size_t i = 0; i < std::min(stated, catalogue.metrics.size()); ++i) {
    const prometheus::CatalogueMetric& metric = catalogue.metrics[i];
    const std::string field = "metrics[" + std::to_string(i) + "]";
    const QueryContext context{QueryContext::Owner::Catalogue, metric.identity,
                               catalogue.scrape_interval, metric.unit};
    for (Smell& smell : smells_of(metric.query, context)) {
      out.warning(field + ".query", smell.reason, std::move(smell.message), std::move(smell.fix));
    }
    check_age(metric, catalogue.scrape_interval, field, out);
  }
  return out;
}

}  // namespace evalscaler::checks
