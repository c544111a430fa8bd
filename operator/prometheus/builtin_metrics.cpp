// SPDX-License-Identifier: Apache-2.0
#include "prometheus/builtin_metrics.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace evalscaler::prometheus {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// "$name" in a template -> its text. Templates keep the PromQL readable as PromQL.
using Words = std::initializer_list<std::pair<std::string_view, std::string>>;

std::string filled(std::string_view text, Words words) {
  std::string out(text);
  for (const auto& [word, value] : words) {
    for (auto at = out.find(word); at != std::string::npos;
         at = out.find(word, at + value.size())) {
      out.replace(at, word.size(), value);
    }
  }
  return out;
}

std::string duration(milliseconds length) {
  const auto count = length.count();
  return count % 1000 == 0 ? std::to_string(count / 1000) + "s" : std::to_string(count) + "ms";
}

// How far a count looks back: a third of a scrape further than the rate it speaks for, or it
// would lose a sample whenever the question falls together with a scrape.
std::string counted(seconds window, seconds scrape) {
  return duration(milliseconds(window) + milliseconds(scrape) / 3);
}

// A Deployment's pods are NAME-HASH-SUFFIX; both tails use the alphabet without vowels and
// look-alikes of k8s.io/apimachinery/pkg/util/rand. That keeps most DaemonSets (NAME-SUFFIX)
// and all StatefulSets (NAME-0) apart. cAdvisor knows no owner, and kube-state-metrics is
// not asked for.
constexpr std::string_view kDeploymentOfPod =
    R"("workload", "$1", "pod", "(.+)-[bcdfghjklmnpqrstvwxz2-9]{1,10}-[bcdfghjklmnpqrstvwxz2-9]{5}")";
constexpr std::string_view kClusterOfPod = R"("workload", "$1", "pod", "(.+)-[0-9]+")";

// Share of the window that has samples, of the service's best series: rate() reads a young
// series low, and only a young one, so a new pod beside old ones does not make the service
// immature, while after a cold start of the service or of Prometheus all series are young.
// `expected` samples are full.
std::string maturity_of(std::string_view selector, seconds window, seconds scrape,
                        std::string_view by, seconds::rep expected) {
  return filled("clamp_max(max by ($by) (count_over_time($selector[$window])) / $expected, 1)",
                {{"$by", std::string(by)},
                 {"$selector", std::string(selector)},
                 {"$window", counted(window, scrape)},
                 {"$expected", std::to_string(expected)}});
}

std::string maturity_of_service(std::string_view selector, const BuiltinWindows& w) {
  return maturity_of(selector, w.window, w.scrape_interval, "namespace, service",
                     std::max<seconds::rep>(w.window / w.scrape_interval, 2));
}

// A gauge as it is now: an instant selector would serve samples up to five minutes old after
// a restart of Prometheus, and cAdvisor's for as long after the end of a pod.
std::string recent(std::string_view selector, seconds window) {
  return filled(
      "($selector and (timestamp($selector) > time() - $window))",
      {{"$selector", std::string(selector)}, {"$window", std::to_string(window.count())}});
}

// value / total in percent or ms; `idle` where the total exists and is 0 (0 / 0 is NaN, which
// would hold an idle service up for ever); nothing where it is absent.
std::string ratio(std::string_view factor, std::string_view value, std::string_view total,
                  std::string_view idle) {
  return filled("$factor * ($value) / (($total) > 0) or (($total) == 0) + $idle",
                {{"$factor", std::string(factor)},
                 {"$value", std::string(value)},
                 {"$total", std::string(total)},
                 {"$idle", std::string(idle)}});
}

std::string rate_by_service(std::string_view selector, seconds window) {
  return filled("sum by (namespace, service) (rate($selector[$window]))",
                {{"$selector", std::string(selector)}, {"$window", duration(window)}});
}

Range from_zero(double max) {
  return {Quantity{0}, Quantity{max}};
}

CatalogueMetric metric(std::string name, std::string unit, std::string query, Range range) {
  CatalogueMetric made;
  made.name = std::move(name);
  made.unit = std::move(unit);
  made.query = std::move(query);
  made.valid_range = range;
  return made;
}

// cAdvisor: the sum over a Deployment's containers, per replica, in percent of its request.
void add_resources(const BuiltinWindows& w, std::vector<CatalogueMetric>& out) {
  const seconds window = std::max(w.window, seconds(60));
  const seconds refresh = std::max(w.scrape_interval, seconds(15));
  constexpr std::string_view kCpu =
      R"(container_cpu_usage_seconds_total{container!="",container!="POD"})";
  constexpr std::string_view kMemory =
      R"(container_memory_working_set_bytes{container!="",container!="POD"})";
  constexpr std::string_view kByPod =
      "sum by (namespace, workload) (label_replace(sum by (namespace, pod) ($what), $owner))";

  CatalogueMetric cpu = metric(
      "cpu_usage", "% of CPU request",
      filled(kByPod, {{"$what", filled("rate($s[$w])",
                                       {{"$s", std::string(kCpu)}, {"$w", duration(window)}})},
                      {"$owner", std::string(kDeploymentOfPod)}}),
      from_zero(1e6));
  cpu.percent_of = PercentOf::CpuRequest;
  // One of the window's refreshes may be late: its own clock drifts against the scrapes.
  cpu.maturity = filled(
      "clamp_max(max by (namespace, workload) (label_replace(max by (namespace, pod) "
      "(count_over_time($s[$w])), $owner)) / $expected, 1)",
      {{"$s", std::string(kCpu)},
       {"$w", counted(window, refresh)},
       {"$owner", std::string(kDeploymentOfPod)},
       {"$expected", std::to_string(std::max<seconds::rep>(window / refresh - 1, 2))}});

  CatalogueMetric memory = metric("memory_usage", "% of memory request",
                                  filled(kByPod, {{"$what", recent(kMemory, window)},
                                                  {"$owner", std::string(kDeploymentOfPod)}}),
                                  from_zero(1e6));
  memory.percent_of = PercentOf::MemoryRequest;
  memory.proportion = Proportion::Constant;  // a loaded model does not shrink

  for (CatalogueMetric* each : {&cpu, &memory}) {
    each->scope = Scope::PerReadyReplica;
    each->identity.name = "workload";
    out.push_back(std::move(*each));
  }
}

void add_traffic(const BuiltinWindows& w, std::vector<CatalogueMetric>& out) {
  const std::string requests = rate_by_service("http_requests_total", w.window);
  const std::string count = rate_by_service("http_request_duration_seconds_count", w.window);
  const std::string by_requests = maturity_of_service("http_requests_total", w);
  const std::string by_count = maturity_of_service("http_request_duration_seconds_count", w);

  CatalogueMetric rps =
      metric("requests_per_second", "requests/s per replica", requests, from_zero(1e9));
  rps.scope = Scope::PerReadyReplica;
  rps.maturity = by_requests;
  out.push_back(std::move(rps));

  CatalogueMetric average = metric(
      "avg_response_time", "ms",
      ratio("1000", rate_by_service("http_request_duration_seconds_sum", w.window), count, "0"),
      from_zero(3.6e6));
  average.maturity = by_count;
  out.push_back(std::move(average));

  CatalogueMetric p95 =
      metric("p95_response_time", "ms",
             filled("1000 * histogram_quantile(0.95, sum by (namespace, service, le) "
                    "(rate(http_request_duration_seconds_bucket[$w]))) "
                    "and ($count > 0) or ($count == 0)",
                    {{"$w", duration(w.window)}, {"$count", count}}),
             from_zero(3.6e6));
  p95.maturity = by_count;
  out.push_back(std::move(p95));

  CatalogueMetric errors =
      metric("error_rate", "% of requests",
             // A service that never failed has no series of failures.
             ratio("100",
                   rate_by_service(R"(http_requests_total{code=~"5.."})", w.window) + " or 0 * " +
                       requests,
                   requests, "0"),
             from_zero(100));
  errors.maturity = by_requests;
  errors.bounded_at = Quantity{100};
  out.push_back(std::move(errors));

  CatalogueMetric queue = metric(
      "queue_depth", "items per replica",
      "sum by (namespace, service) (" + recent("queue_depth", w.window) + ")", from_zero(1e9));
  queue.scope = Scope::PerReadyReplica;
  out.push_back(std::move(queue));
}

void add_caches(const BuiltinWindows& w, std::vector<CatalogueMetric>& out) {
  const std::string predictions = rate_by_service("prediction_cache_requests_total", w.window);
  CatalogueMetric prediction =
      metric("prediction_cache_hit_rate", "%",
             ratio("100",
                   rate_by_service(R"(prediction_cache_requests_total{result="hit"})", w.window) +
                       " or 0 * " + predictions,
                   predictions, "100"),
             from_zero(100));
  prediction.maturity = maturity_of_service("prediction_cache_requests_total", w);

  const std::string hits = rate_by_service("redis_keyspace_hits_total", w.window);
  const std::string misses = rate_by_service("redis_keyspace_misses_total", w.window);
  CatalogueMetric redis = metric("redis_hit_rate", "%",
                                 ratio("100", hits, hits + " + " + misses, "100"), from_zero(100));
  redis.maturity = maturity_of_service("redis_keyspace_hits_total", w);

  for (CatalogueMetric* rate : {&prediction, &redis}) {
    rate->proportion = Proportion::Constant;
    rate->bounded_at = Quantity{100};
    out.push_back(std::move(*rate));
  }

  // maxmemory 0 means no limit: then there is nothing to be in percent of, and no answer.
  // A replica holds what its master holds: it is neither load nor room.
  constexpr std::string_view kMasters =
      "sum by (namespace, service) ($bytes and on (job, instance) "
      "redis_instance_info{role=\"master\"})";
  CatalogueMetric memory = metric(
      "redis_memory_usage", "% of maxmemory",
      "100 * " + filled(kMasters, {{"$bytes", recent("redis_memory_used_bytes", w.window)}}) +
          " / (" + filled(kMasters, {{"$bytes", recent("redis_memory_max_bytes", w.window)}}) +
          " > 0)",
      from_zero(1000));
  out.push_back(std::move(memory));
}

// CloudNativePG: every instance reports for itself. An instance whose connections are used up
// locks its exporter out: its connection series vanish, which must not read as "no load", so
// there is no answer at all while any collector is down.
void add_databases(const BuiltinWindows& w, std::vector<CatalogueMetric>& out) {
  constexpr std::string_view kConnections =
      "$combine by (namespace, workload) (label_replace(100 * sum by (namespace, pod) "
      "(cnpg_backends_total{usename!=\"streaming_replica\"}) / on (namespace, pod) "
      "max by (namespace, pod) (cnpg_pg_settings_setting{name=\"max_connections\"}) "
      "and on (namespace, pod) (cnpg_pg_replication_in_recovery == $recovery), $owner)) "
      "unless on (namespace, workload) label_replace(cnpg_collector_up == 0, $owner)";
  constexpr std::string_view kLag =
      "max by (namespace, workload) (label_replace($lag "
      "and on (namespace, pod) (cnpg_pg_replication_in_recovery == 1), $owner))";
  const std::string owner(kClusterOfPod);

  CatalogueMetric primary =
      metric("database_connections", "% of max_connections",
             filled(kConnections, {{"$combine", "max"}, {"$recovery", "0"}, {"$owner", owner}}),
             from_zero(100));
  primary.proportion = Proportion::Constant;  // writes go to one instance, however many there are
  CatalogueMetric replicas =
      metric("database_replica_connections", "% of max_connections",
             filled(kConnections, {{"$combine", "avg"}, {"$recovery", "1"}, {"$owner", owner}}),
             from_zero(100));
  for (CatalogueMetric* each : {&primary, &replicas}) each->bounded_at = Quantity{100};

  CatalogueMetric lag = metric(
      "replication_lag", "s",
      filled(kLag, {{"$lag", recent("cnpg_pg_replication_lag", std::max(w.window, seconds(60)))},
                    {"$owner", owner}}),
      from_zero(1e7));
  lag.proportion = Proportion::Constant;

  for (CatalogueMetric* each : {&primary, &replicas, &lag}) {
    each->identity.name = "workload";
    out.push_back(std::move(*each));
  }
}

}  // namespace

std::vector<CatalogueMetric> builtin_metrics(const BuiltinWindows& windows) {
  std::vector<CatalogueMetric> out;
  add_resources(windows, out);
  add_traffic(windows, out);
  add_caches(windows, out);
  add_databases(windows, out);
  return out;
}

}  // namespace evalscaler::prometheus
