// SPDX-License-Identifier: Apache-2.0
// Queries of a resource's own.
#include "checks/checks.hpp"
#include "checks/query_smells.hpp"
#include "checks/reasons.hpp"

namespace evalscaler::checks {

void check_queries(const TierSubject& tier, Report& out) {
  for (const MetricSubject& metric : tier.metrics) {
    if (!metric.own_query()) continue;
    QueryContext context;
    context.scrape_interval = tier.settings->catalogue->scrape_interval;
    for (Smell& smell : smells_of(metric.query(), context)) {
      // No reading of this one holds anything up.
      const bool harmless = metric.demand.on_unavailable == api::OnUnavailable::Ignore;
      if (harmless && smell.reason == reasons::kIdleDivision) continue;
      out.warning(metric.field + ".query", smell.reason, std::move(smell.message),
                  std::move(smell.fix));
    }
  }
}

}  // namespace evalscaler::checks
