// SPDX-License-Identifier: Apache-2.0
// Catalogue: the Prometheus servers and the metrics this operator knows; plain data.
//
// Read once at start from the operator's own configuration, never from a custom resource.
// A metric is one PromQL expression whose single answer holds every service; the built-in
// ones (builtin_metrics.hpp) are there unless the file says the same name otherwise.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/quantity.hpp"
#include "core/result.hpp"
#include "wire/file_source.hpp"
#include "wire/http.hpp"

namespace evalscaler::prometheus {

struct BasicAuthFiles {
  std::string username_file;
  std::string password_file;
};

// Any server with Prometheus' HTTP query API: Prometheus, Thanos, Mimir, VictoriaMetrics.
struct Server {
  std::string name;
  std::string url;  // http(s)://host[:port][/prefix]
  std::vector<wire::Header> headers;
  std::string bearer_token_file;  // empty = none
  std::optional<BasicAuthFiles> basic_auth;
  wire::TlsFiles tls;
  std::string server_name;  // verified instead of the URL's host; empty = the host
  std::vector<std::pair<std::string, std::string>> params;  // sent with every query
  std::size_t max_answer = std::size_t{16} << 20U;          // bytes; about 100,000 rows
};

// The labels of a row that name the service it is about.
struct IdentityLabels {
  std::string space = "namespace";  // empty: names are unique across namespaces
  std::string name = "service";
  bool operator==(const IdentityLabels&) const = default;
};

// What a value is put in percent of: the target's own pod template.
enum class PercentOf { Nothing, CpuRequest, CpuLimit, MemoryRequest, MemoryLimit };

// What a total is divided by.
enum class Scope { Service, PerReadyReplica };

// Whether the value falls when replicas are added.
enum class Proportion { Proportional, Constant };

struct Range {
  std::optional<Quantity> min;
  std::optional<Quantity> max;
};

struct CatalogueMetric {
  std::string name;
  std::string unit;  // of the value as policies compare it
  std::string query;
  Scope scope = Scope::Service;
  PercentOf percent_of = PercentOf::Nothing;
  IdentityLabels identity;
  std::string server;  // empty = the one the service names
  Range valid_range;   // of the final value; outside is nonsense, not load
  std::chrono::seconds max_age{60};
  std::string age_query;  // seconds since the newest sample; empty = the answer's own age
  std::string maturity;   // share of the window that has samples, 0..1; empty = always mature
  Proportion proportion = Proportion::Proportional;
  std::optional<Quantity> bounded_at;  // cannot go beyond (unreachable triggers)
};

struct Catalogue {
  std::vector<Server> servers;
  std::vector<CatalogueMetric> metrics;      // those of the file first
  std::chrono::seconds scrape_interval{15};  // builtinMetrics.scrapeIntervalSeconds

  // Null if there is none of that name.
  const Server* find_server(std::string_view name) const;
  const CatalogueMetric* find_metric(std::string_view name) const;
};

// What a file may be refused for: a query longer than this.
inline constexpr std::size_t kMaxQueryLength = 4096;

// No servers; the built-in metrics.
Catalogue builtin_catalogue();

// YAML or JSON. `file` is what errors call it: "FILE:LINE: path: what; fix".
Result<Catalogue> read_catalogue(std::string_view text, std::string_view file);
Result<Catalogue> load_catalogue(const std::string& path);

}  // namespace evalscaler::prometheus
