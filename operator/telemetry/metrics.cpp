// SPDX-License-Identifier: Apache-2.0
#include "telemetry/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <cassert>
#include <cstddef>
#include <variant>
#include <vector>

#include "core/version.hpp"

namespace evalscaler::telemetry {
namespace {

enum class Kind { Counter, Gauge, Histogram };
enum class Buckets { None, Visit, Queue, Request };

struct Row {
  Metric metric;
  Kind kind;
  const char* name;
  const char* help;
  std::array<const char*, 3> labels{};
  Buckets buckets = Buckets::None;
};

constexpr std::array kTable{
    Row{Metric::BuildInfo,
        Kind::Gauge,
        "evalscaler_build_info",
        "Always 1; the version is in the label.",
        {"version"}},
    Row{Metric::ReconcileTotal,
        Kind::Counter,
        "controller_runtime_reconcile_total",
        "Visits to a service, by how they ended.",
        {"controller", "result"}},
    Row{Metric::ReconcileErrors,
        Kind::Counter,
        "controller_runtime_reconcile_errors_total",
        "Visits that ended with an error.",
        {"controller"}},
    Row{Metric::ReconcileSeconds,
        Kind::Histogram,
        "controller_runtime_reconcile_time_seconds",
        "Duration of one visit.",
        {"controller"},
        Buckets::Visit},
    Row{Metric::ActiveWorkers,
        Kind::Gauge,
        "controller_runtime_active_workers",
        "Workers that are on a visit now.",
        {"controller"}},
    Row{Metric::MaxConcurrentReconciles,
        Kind::Gauge,
        "controller_runtime_max_concurrent_reconciles",
        "Workers there are.",
        {"controller"}},
    Row{Metric::QueueDepth,
        Kind::Gauge,
        "workqueue_depth",
        "Keys that wait in the queue.",
        {"name"}},
    Row{Metric::QueueAdds,
        Kind::Counter,
        "workqueue_adds_total",
        "Keys put into the queue.",
        {"name"}},
    Row{Metric::QueueRetries,
        Kind::Counter,
        "workqueue_retries_total",
        "Keys put back after an error.",
        {"name"}},
    Row{Metric::QueueSeconds,
        Kind::Histogram,
        "workqueue_queue_duration_seconds",
        "How long a key waited until a worker took it.",
        {"name"},
        Buckets::Queue},
    Row{Metric::RestClientRequests,
        Kind::Counter,
        "rest_client_requests_total",
        "Requests to the API server, by status code.",
        {"code", "method", "host"}},
    Row{Metric::RestClientSeconds,
        Kind::Histogram,
        "rest_client_request_duration_seconds",
        "Duration of a request to the API server.",
        {"verb", "host"},
        Buckets::Request},
    Row{Metric::WatchLists,
        Kind::Counter,
        "evalscaler_watch_lists_total",
        "Full lists that were read, by how: stream or paged.",
        {"resource", "kind"}},
    Row{Metric::WatchEvents,
        Kind::Counter,
        "evalscaler_watch_events_total",
        "Events received from watches.",
        {"resource", "type"}},
    Row{Metric::WatchRestarts,
        Kind::Counter,
        "evalscaler_watch_restarts_total",
        "Watches that were opened again, by why.",
        {"resource", "reason"}},
    Row{Metric::DroppedObjects,
        Kind::Counter,
        "evalscaler_dropped_objects_total",
        "Objects that could not be decoded and were left out.",
        {"resource"}},
    Row{Metric::CachedObjects,
        Kind::Gauge,
        "evalscaler_cached_objects",
        "Objects in the cache.",
        {"resource"}},
    Row{Metric::PrometheusQueries,
        Kind::Counter,
        "evalscaler_prometheus_queries_total",
        "Queries to Prometheus, by how they ended.",
        {"server", "result"}},
    Row{Metric::PrometheusQuerySeconds,
        Kind::Histogram,
        "evalscaler_prometheus_query_duration_seconds",
        "Duration of a query to Prometheus.",
        {"server"},
        Buckets::Request},
    Row{Metric::Services,
        Kind::Gauge,
        "evalscaler_services",
        "Services looked after, by mode.",
        {"mode"}},
    Row{Metric::Decisions,
        Kind::Counter,
        "evalscaler_decisions_total",
        "Decisions, by kind of target, direction and reason.",
        {"kind", "direction", "reason"}},
    Row{Metric::TargetWrites,
        Kind::Counter,
        "evalscaler_target_writes_total",
        "Changes of a target's replicas, by how they ended.",
        {"kind", "result"}},
    Row{Metric::StatusWrites,
        Kind::Counter,
        "evalscaler_status_writes_total",
        "Writes of a service's status, by how they ended.",
        {"result"}},
    Row{Metric::LeaderStatus,
        Kind::Gauge,
        "leader_election_master_status",
        "1 if this process holds the lease, 0 if it stands by.",
        {"name"}},
    Row{Metric::Events,
        Kind::Counter,
        "evalscaler_events_total",
        "Kubernetes events recorded, by how that ended.",
        {"result"}},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].metric) != i) return false;
  }
  return kTable.back().metric == Metric::Events;
}
static_assert(in_order(), "one row per Metric, in the order of the enumeration");

const prometheus::Histogram::BucketBoundaries& bounds(Buckets buckets) {
  static const prometheus::Histogram::BucketBoundaries visit{
      0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
  static const prometheus::Histogram::BucketBoundaries queue{1e-6, 1e-5, 1e-4, 1e-3, 0.01,
                                                             0.1,  1,    10,   100,  1000};
  static const prometheus::Histogram::BucketBoundaries request{0.005, 0.025, 0.1, 0.25, 0.5, 1,
                                                               2,     4,     8,   15,   30,  60};
  if (buckets == Buckets::Queue) return queue;
  return buckets == Buckets::Request ? request : visit;
}

using Family =
    std::variant<prometheus::Family<prometheus::Counter>*, prometheus::Family<prometheus::Gauge>*,
                 prometheus::Family<prometheus::Histogram>*>;

Family family(const Row& row, prometheus::Registry& registry) {
  switch (row.kind) {
    case Kind::Counter:
      return &prometheus::BuildCounter().Name(row.name).Help(row.help).Register(registry);
    case Kind::Gauge:
      return &prometheus::BuildGauge().Name(row.name).Help(row.help).Register(registry);
    case Kind::Histogram:
      break;
  }
  return &prometheus::BuildHistogram().Name(row.name).Help(row.help).Register(registry);
}

const Row& row_of(Metric metric) {
  return kTable[static_cast<std::size_t>(metric)];
}

prometheus::Labels labels_of(const Row& row, std::initializer_list<std::string_view> values) {
  prometheus::Labels out;
  std::size_t i = 0;
  for (const std::string_view value : values) {
    assert(i < row.labels.size() && row.labels[i] != nullptr);
    out.emplace(row.labels[i++], value);
  }
  assert(i == row.labels.size() || row.labels[i] == nullptr);
  return out;
}

}  // namespace

struct Metrics::State {
  prometheus::Registry registry;
  std::vector<Family> families;

  template <typename T>
  prometheus::Family<T>* find(Metric metric) const {
    auto* const* found =
        std::get_if<prometheus::Family<T>*>(&families[static_cast<std::size_t>(metric)]);
    return found == nullptr ? nullptr : *found;
  }
};

Metrics::Metrics() : state_(std::make_unique<State>()) {
  for (const Row& row : kTable) state_->families.push_back(family(row, state_->registry));
  set(Metric::BuildInfo, {kVersion}, 1);
}

Metrics::~Metrics() = default;

void Metrics::add(Metric metric, std::initializer_list<std::string_view> labels, double amount) {
  const prometheus::Labels names = labels_of(row_of(metric), labels);
  if (auto* counters = state_->find<prometheus::Counter>(metric)) {
    return counters->Add(names).Increment(amount);
  }
  auto* gauges = state_->find<prometheus::Gauge>(metric);
  assert(gauges != nullptr);
  gauges->Add(names).Increment(amount);
}

void Metrics::set(Metric metric, std::initializer_list<std::string_view> labels, double value) {
  auto* gauges = state_->find<prometheus::Gauge>(metric);
  assert(gauges != nullptr);
  gauges->Add(labels_of(row_of(metric), labels)).Set(value);
}

void Metrics::observe(Metric metric, std::initializer_list<std::string_view> labels,
                      double seconds) {
  auto* histograms = state_->find<prometheus::Histogram>(metric);
  assert(histograms != nullptr);
  const Row& row = row_of(metric);
  histograms->Add(labels_of(row, labels), bounds(row.buckets)).Observe(seconds);
}

std::string Metrics::exposition() const {
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace evalscaler::telemetry
