// SPDX-License-Identifier: Apache-2.0
#include "prometheus/catalogue.hpp"

#include <set>
#include <string>

#include "fuzz/claim.hpp"
#include "fuzz/targets.hpp"

namespace evalscaler::fuzz {
namespace {

using prometheus::Catalogue;
using prometheus::CatalogueMetric;

void claim_usable(const Catalogue& catalogue, const CatalogueMetric& metric) {
  claim(!metric.query.empty() && metric.query.size() <= prometheus::kMaxQueryLength,
        "a metric without a query that can be sent: " + metric.name);
  claim(metric.server.empty() || catalogue.find_server(metric.server) != nullptr,
        "a metric of a server that does not exist: " + metric.name);
  const auto& range = metric.valid_range;
  claim(!range.min || !range.max || range.min->value < range.max->value,
        "a valid range holds nothing: " + metric.name);
  claim(metric.max_age.count() > 0, "a reading is never fresh: " + metric.name);
}

}  // namespace

void catalogue(std::string_view input) {
  const auto read = prometheus::read_catalogue(input, "file.yaml");
  if (!read) {
    claim_message(read.error().message);
    return claim(read.error().message.starts_with("file.yaml:"), "an error does not name its file");
  }
  std::set<std::string> names;
  for (const CatalogueMetric& metric : read->metrics) {
    claim(names.insert(metric.name).second, "two metrics of one name: " + metric.name);
    claim_usable(*read, metric);
  }
  static const Catalogue kBuiltin = prometheus::builtin_catalogue();
  for (const CatalogueMetric& builtin : kBuiltin.metrics) {
    claim(names.contains(builtin.name), "a built-in metric is lost: " + builtin.name);
  }
}

}  // namespace evalscaler::fuzz
