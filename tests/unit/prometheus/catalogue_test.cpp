// SPDX-License-Identifier: Apache-2.0
#include "prometheus/catalogue.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace evalscaler::prometheus {
namespace {

using std::chrono::seconds;

constexpr std::string_view kFull = R"(prometheus:
- name: default
  url: https://prometheus.monitoring:9090/prefix
  headers: {X-Scope-OrgID: team-a}
  basicAuth: {usernameFile: /run/user, passwordFile: /run/password}
  tls: {caFile: /run/ca.pem, certFile: /run/cert.pem, keyFile: /run/key.pem, serverName: prom}
  params: {dedup: "true", max_source_resolution: 0}
  maxAnswerMiB: 4
- name: thanos
  url: http://thanos:10902
  bearerTokenFile: /run/token
metrics:
- name: depth
  unit: items per replica
  query: sum by (ns, app) (depth)
  perReplica: true
  percentOf: memoryLimit
  identity: {namespace: ns, name: app}
  prometheus: thanos
  validRange: {min: 0, max: "1k"}
  maxAgeSeconds: 30
  ageQuery: min by (ns, app) (time() - timestamp(depth))
  maturity: vector(1)
  proportional: false
  boundedAt: 1000
- {name: cpu_usage, unit: "%", query: my_cpu, identity: {name: app}}
)";

TEST(Catalogue, TakesEveryFieldOfAServer) {
  const auto read = read_catalogue(kFull, "catalogue.yaml");
  ASSERT_TRUE(read) << read.error().message;
  const Server* server = read->find_server("default");
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(server->url, "https://prometheus.monitoring:9090/prefix");
  EXPECT_EQ(server->headers, (std::vector<wire::Header>{{"X-Scope-OrgID", "team-a"}}));
  ASSERT_TRUE(server->basic_auth);
  EXPECT_EQ(server->basic_auth->password_file, "/run/password");
  EXPECT_EQ(server->tls.ca_file, "/run/ca.pem");
  EXPECT_EQ(server->tls.certificate_file, "/run/cert.pem");
  EXPECT_EQ(server->tls.key_file, "/run/key.pem");
  EXPECT_EQ(server->server_name, "prom");
  EXPECT_EQ(server->params, (std::vector<std::pair<std::string, std::string>>{
                                {"dedup", "true"}, {"max_source_resolution", "0"}}));
  EXPECT_EQ(server->max_answer, std::size_t{4} << 20U);
  EXPECT_EQ(read->find_server("thanos")->bearer_token_file, "/run/token");
}

TEST(Catalogue, TakesEveryFieldOfAMetric) {
  const auto read = read_catalogue(kFull, "catalogue.yaml");
  ASSERT_TRUE(read) << read.error().message;
  const CatalogueMetric* metric = read->find_metric("depth");
  ASSERT_NE(metric, nullptr);
  EXPECT_EQ(metric->query, "sum by (ns, app) (depth)");
  EXPECT_EQ(metric->scope, Scope::PerReadyReplica);
  EXPECT_EQ(metric->percent_of, PercentOf::MemoryLimit);
  EXPECT_EQ(metric->identity, (IdentityLabels{"ns", "app"}));
  EXPECT_EQ(metric->server, "thanos");
  EXPECT_EQ(metric->valid_range.max->value, 1000);
  EXPECT_EQ(metric->max_age, seconds(30));
  EXPECT_EQ(metric->maturity, "vector(1)");
  EXPECT_EQ(metric->proportion, Proportion::Constant);
  EXPECT_EQ(metric->bounded_at->value, 1000);
}

TEST(Catalogue, FileOverridesABuiltInMetricAndKeepsTheOthers) {
  const auto read = read_catalogue(kFull, "catalogue.yaml");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->find_metric("cpu_usage")->query, "my_cpu");
  EXPECT_EQ(read->find_metric("cpu_usage")->percent_of, PercentOf::Nothing);
  EXPECT_EQ(read->find_metric("cpu_usage")->identity, (IdentityLabels{"", "app"}));
  EXPECT_NE(read->find_metric("queue_depth"), nullptr);
}

TEST(Catalogue, EveryBuiltInMetricIsThereOnceWithUnitAndRange) {
  const Catalogue catalogue = builtin_catalogue();
  std::set<std::string> names;
  for (const CatalogueMetric& metric : catalogue.metrics) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    EXPECT_FALSE(metric.unit.empty()) << metric.name;
    EXPECT_TRUE(metric.valid_range.min && metric.valid_range.max) << metric.name;
    EXPECT_LE(metric.query.size(), kMaxQueryLength) << metric.name;
    EXPECT_EQ(metric.query.find("$$"), std::string::npos) << metric.query;
  }
  EXPECT_EQ(names,
            (std::set<std::string>{"avg_response_time", "cpu_usage", "database_connections",
                                   "database_replica_connections", "error_rate", "memory_usage",
                                   "p95_response_time", "prediction_cache_hit_rate", "queue_depth",
                                   "redis_hit_rate", "redis_memory_usage", "replication_lag",
                                   "requests_per_second"}));
  EXPECT_EQ(catalogue.find_metric("memory_usage")->proportion, Proportion::Constant);
  EXPECT_EQ(catalogue.find_metric("queue_depth")->scope, Scope::PerReadyReplica);
}

TEST(Catalogue, WindowsOfBuiltInMetricsFollowTheScrapes) {
  const auto read = read_catalogue(
      "builtinMetrics: {windowSeconds: 20, scrapeIntervalSeconds: 5}\n", "catalogue.yaml");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->find_metric("requests_per_second")->query,
            "sum by (namespace, service) (rate(http_requests_total[20s]))");
  EXPECT_EQ(
      read->find_metric("requests_per_second")->maturity,
      "clamp_max(max by (namespace, service) (count_over_time(http_requests_total[21666ms])) / "
      "4, 1)");
  // cAdvisor refreshes every 10 to 15 s, however often it is scraped.
  EXPECT_NE(read->find_metric("cpu_usage")->query.find("[60s]"), std::string::npos);
}

TEST(Catalogue, EmptyFileIsTheBuiltInCatalogue) {
  const auto read = read_catalogue("{}\n", "catalogue.yaml");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->metrics.size(), builtin_catalogue().metrics.size());
  EXPECT_TRUE(read->servers.empty());
}

TEST(Catalogue, ShippedExampleIsAccepted) {
  const auto read = load_catalogue(EVALSCALER_SOURCE_DIR "/manifests/samples/catalogue.yaml");
  ASSERT_TRUE(read) << read.error().message;
}

TEST(Catalogue, ShippedExampleSpellsTheBuiltInMetricsOut) {
  const auto read = load_catalogue(EVALSCALER_SOURCE_DIR "/manifests/samples/catalogue.yaml");
  ASSERT_TRUE(read) << read.error().message;
  const Catalogue builtin = builtin_catalogue();
  ASSERT_EQ(read->metrics.size(), builtin.metrics.size());
  for (std::size_t i = 0; i < builtin.metrics.size(); ++i) {
    const CatalogueMetric& shown = read->metrics[i];
    const CatalogueMetric& real = builtin.metrics[i];
    EXPECT_EQ(shown.name, real.name);
    EXPECT_EQ(shown.unit, real.unit) << real.name;
    EXPECT_EQ(shown.query, real.query) << real.name;
    EXPECT_EQ(shown.maturity, real.maturity) << real.name;
    EXPECT_EQ(shown.scope, real.scope) << real.name;
    EXPECT_EQ(shown.percent_of, real.percent_of) << real.name;
    EXPECT_EQ(shown.identity, real.identity) << real.name;
    EXPECT_EQ(shown.proportion, real.proportion) << real.name;
    EXPECT_EQ(shown.valid_range.max->value, real.valid_range.max->value) << real.name;
    EXPECT_EQ(shown.bounded_at, real.bounded_at) << real.name;
  }
}

TEST(Catalogue, MissingFileIsNamed) {
  const auto read = load_catalogue("/nonexistent/catalogue.yaml");
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("/nonexistent/catalogue.yaml"), std::string::npos);
}

struct BadFile {
  std::string name;
  std::string text;
  std::string error;
};

class BadCatalogues : public testing::TestWithParam<BadFile> {};

TEST_P(BadCatalogues, AreRefusedWithPlaceAndFix) {
  const auto read = read_catalogue(GetParam().text, "c.yaml");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, GetParam().error);
}

std::string server_with(const std::string& fields) {
  return "prometheus:\n- name: default\n  " + fields + "\n";
}
std::string metric_with(const std::string& fields) {
  return "metrics:\n- name: m\n  unit: ms\n  " + fields + "\n";
}

INSTANTIATE_TEST_SUITE_P(
    Files, BadCatalogues,
    testing::Values(
        BadFile{"UnknownTop", "servers: []\n",
                "c.yaml:1: servers: is not a field of the catalogue; known here: prometheus, "
                "metrics, builtinMetrics"},
        BadFile{"UnknownField", metric_with("promql: up"),
                "c.yaml:4: metrics[0].promql: is not a field of the catalogue; known here: name, "
                "unit, query, perReplica, percentOf, identity, prometheus, validRange, "
                "maxAgeSeconds, ageQuery, maturity, proportional, boundedAt"},
        BadFile{"NoQuery", "metrics:\n- name: m\n  unit: ms\n",
                "c.yaml:2: metrics[0]: query is missing; one PromQL expression for all services"},
        BadFile{"NoUnit", "metrics:\n- {name: m, query: up}\n",
                "c.yaml:2: metrics[0]: unit is missing; for example ms, % or requests/s"},
        BadFile{"EmptyQuery", metric_with("query: ' '"),
                "c.yaml:4: metrics[0].query: must be a PromQL expression, not empty"},
        BadFile{"LongQuery", metric_with("query: " + std::string(5000, 'a')),
                "c.yaml:4: metrics[0].query: is 5000 bytes long; at most 4096 are taken: use a "
                "recording rule"},
        BadFile{"Duplicate",
                "metrics:\n- {name: m, unit: ms, query: a}\n- {name: m, unit: ms, query: b}\n",
                "c.yaml:3: metrics[1]: the name 'm' is taken by an earlier entry"},
        BadFile{"PercentOf", metric_with("query: a\n  percentOf: cpu"),
                "c.yaml:5: metrics[0].percentOf: must be cpuRequest, cpuLimit, memoryRequest or "
                "memoryLimit, not 'cpu'"},
        BadFile{"Range", metric_with("query: a\n  validRange: {min: 5, max: 5}"),
                "c.yaml:5: metrics[0].validRange: min must be below max"},
        BadFile{"MaxAge", metric_with("query: a\n  maxAgeSeconds: 0"),
                "c.yaml:5: metrics[0].maxAgeSeconds: must be from 5 to 86400, not 0"},
        BadFile{"UnknownServer", metric_with("query: a\n  prometheus: thanos"),
                "c.yaml:5: metrics[0].prometheus: no server 'thanos'; add it under prometheus"},
        BadFile{"NoUrl", "prometheus:\n- name: default\n",
                "c.yaml:2: prometheus[0]: url is missing; for example http://prometheus:9090"},
        BadFile{"FileUrl", server_with("url: file:///etc/passwd"),
                "c.yaml:3: prometheus[0].url: must begin with http:// or https://"},
        BadFile{"UrlWithPassword", server_with("url: http://user:pass@host"),
                "c.yaml:3: prometheus[0].url: must not hold a user or password; use basicAuth or "
                "bearerTokenFile"},
        BadFile{"UrlWithQuery", server_with("url: http://host/?a=b"),
                "c.yaml:3: prometheus[0].url: must end with the path; use params for query "
                "parameters"},
        BadFile{"UrlWithoutHost", server_with("url: http://:9090"),
                "c.yaml:3: prometheus[0].url: names no host"},
        BadFile{"OwnParameter", server_with("url: http://h\n  params: {query: up}"),
                "c.yaml:4: prometheus[0].params.query: is set by the operator itself; remove it"},
        BadFile{"HeaderName", server_with("url: http://h\n  headers: {'X Y': z}"),
                "c.yaml:4: prometheus[0].headers.X Y: is not the name of an HTTP header"},
        BadFile{"HeaderInjection", server_with("url: http://h\n  headers: {A: \"b\\r\\nC: d\"}"),
                "c.yaml:4: prometheus[0].headers.A: must be one line of at most 1024 printable "
                "bytes"},
        BadFile{"HalfTls", server_with("url: https://h\n  tls: {certFile: a}"),
                "c.yaml:4: prometheus[0].tls: needs certFile and keyFile together"},
        BadFile{"HalfBasic", server_with("url: http://h\n  basicAuth: {usernameFile: a}"),
                "c.yaml:4: prometheus[0].basicAuth: needs both usernameFile and passwordFile"},
        BadFile{"Windows", "builtinMetrics: {windowSeconds: 30, scrapeIntervalSeconds: 15}\n",
                "c.yaml:1: builtinMetrics: windowSeconds must be at least four times "
                "scrapeIntervalSeconds"}),
    [](const auto& each) { return each.param.name; });

TEST(Catalogue, FileThatIsNotYamlIsRefusedWithItsName) {
  const auto read = read_catalogue("metrics: [", "c.yaml");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message.rfind("c.yaml:", 0), 0U) << read.error().message;
}

}  // namespace
}  // namespace evalscaler::prometheus
