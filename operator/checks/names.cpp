// SPDX-License-Identifier: Apache-2.0
// Metrics that nobody knows, and metrics that are one and the same.
#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "checks/checks.hpp"
#include "checks/reasons.hpp"
#include "core/text.hpp"

namespace evalscaler::checks {
namespace {

// Levenshtein's distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

// Empty if nothing is like it.
std::string nearest(std::string_view name, const prometheus::Catalogue& catalogue) {
  constexpr std::size_t kFarthest = 3;
  std::size_t least = kFarthest + 1;
  std::string found;
  for (const prometheus::CatalogueMetric& known : catalogue.metrics) {
    const std::size_t far = distance(name, known.name);
    if (far >= least) continue;
    least = far;
    found = known.name;
  }
  return found;
}

void report_unknown(const TierSubject& tier, const MetricSubject& metric, Report& out) {
  const prometheus::Catalogue& catalogue = *tier.settings->catalogue;
  const std::string name = one_line(metric.name(), 64);
  const std::string like = nearest(metric.demand.name, catalogue);
  const std::string rename = like.empty() ? "" : "name: " + one_line(like, 64);
  if (tier.settings->knowledge == Settings::Knowledge::Guessed) {
    out.warning(
        metric.field + ".name", reasons::kUnknownMetric,
        "'" + name + "' is not built in: its range, bound and proportion were not looked at",
        (rename.empty() ? "" : rename + ", or ") + "check --config CATALOGUE");
    return;
  }
  std::vector<std::string> names;
  for (const auto& known : catalogue.metrics) names.push_back(known.name);
  out.error(metric.field + ".name", reasons::kUnknownMetric,
            "the catalogue has no metric '" + name +
                "' and none is built in; known: " + one_line(join(names, ", "), 512),
            rename.empty()
                ? "add an entry {name: " + name + ", query: ..., unit: ...} to the catalogue"
                : rename);
}

}  // namespace

void check_names(const TierSubject& tier, Report& out) {
  for (std::size_t i = 0; i < tier.metrics.size(); ++i) {
    const MetricSubject& metric = tier.metrics[i];
    if (!metric.own_query() && metric.known == nullptr) report_unknown(tier, metric, out);
    for (std::size_t j = 0; j < i; ++j) {
      const MetricSubject& earlier = tier.metrics[j];
      if (metric.query().empty() || trim(metric.query()) != trim(earlier.query())) continue;
      out.warning(metric.field, reasons::kSameQuery,
                  "'" + one_line(metric.name(), 64) + "' asks the same as '" +
                      one_line(earlier.name(), 64) + "': it counts twice in the quorum",
                  "leave one of the two out");
      break;
    }
  }
}

}  // namespace evalscaler::checks
