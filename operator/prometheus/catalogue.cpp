// SPDX-License-Identifier: Apache-2.0
#include "prometheus/catalogue.hpp"

#include <algorithm>

#include "prometheus/builtin_metrics.hpp"

namespace evalscaler::prometheus {
namespace {

template <typename T>
const T* find_named(const std::vector<T>& all, std::string_view name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const T& t) { return t.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

const Server* Catalogue::find_server(std::string_view name) const {
  return find_named(servers, name);
}

const CatalogueMetric* Catalogue::find_metric(std::string_view name) const {
  return find_named(metrics, name);
}

Catalogue builtin_catalogue() {
  return {{}, builtin_metrics({}), BuiltinWindows{}.scrape_interval};
}

}  // namespace evalscaler::prometheus
