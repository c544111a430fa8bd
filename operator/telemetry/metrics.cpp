// SPDX-License-Identifier: Apache-2.0
#include "telemetry/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <functional>
#include <mutex>
#include <type_traits>
#include <unordered_map>
#include <utility>
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
    Row{Metric::Readings,
        Kind::Counter,
        "evalscaler_readings_total",
        "Readings that decisions were made from, by their state.",
        {"state"}},
    Row{Metric::CurrentReplicas,
        Kind::Gauge,
        "evalscaler_current_replicas",
        "Replicas the targets are asked for, by kind of target.",
        {"kind"}},
    Row{Metric::DesiredReplicas,
        Kind::Gauge,
        "evalscaler_desired_replicas",
        "Replicas the last decisions went for, by kind of target.",
        {"kind"}},
    Row{Metric::TargetWrites,
        Kind::Counter,
        "evalscaler_target_writes_total",
        "Changes of a target's replicas, by how they ended.",
        {"kind", "result"}},
    Row{Metric::TargetWriteSeconds,
        Kind::Histogram,
        "evalscaler_target_write_duration_seconds",
        "Duration of a change of a target's replicas.",
        {"kind"},
        Buckets::Request},
    Row{Metric::Plans,
        Kind::Counter,
        "evalscaler_plans_total",
        "Plans on data tiers, by what became of them.",
        {"kind", "outcome"}},
    Row{Metric::PlansRunning,
        Kind::Gauge,
        "evalscaler_plans_running",
        "Plans that are under way, those that hold included.",
        {"kind"}},
    Row{Metric::PlanSlots,
        Kind::Counter,
        "evalscaler_plan_slots_moved_total",
        "Slots that plans have moved.",
        {"kind"}},
    Row{Metric::PlanKeys,
        Kind::Counter,
        "evalscaler_plan_keys_moved_total",
        "Keys that plans have moved.",
        {"kind"}},
    Row{Metric::PlanBytes,
        Kind::Counter,
        "evalscaler_plan_bytes_moved_total",
        "Bytes of the keys that plans have moved.",
        {"kind"}},
    Row{Metric::PlanTurnSeconds,
        Kind::Histogram,
        "evalscaler_plan_turn_duration_seconds",
        "Duration of one turn of a plan.",
        {"kind"},
        Buckets::Request},
    Row{Metric::StatusWrites,
        Kind::Counter,
        "evalscaler_status_writes_total",
        "Writes of a service's status, by how they ended.",
        {"result"}},
    Row{Metric::StatusWriteSeconds,
        Kind::Histogram,
        "evalscaler_status_write_duration_seconds",
        "Duration of a write of a service's status.",
        {},
        Buckets::Request},
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
    Row{Metric::TierCurrentReplicas,
        Kind::Gauge,
        "evalscaler_tier_current_replicas",
        "Replicas the tier's target is asked for; by --per-service-metrics only.",
        {"namespace", "service", "tier"}},
    Row{Metric::TierDesiredReplicas,
        Kind::Gauge,
        "evalscaler_tier_desired_replicas",
        "Replicas the tier's last decision went for; by --per-service-metrics only.",
        {"namespace", "service", "tier"}},
    Row{Metric::LeftOutSeries,
        Kind::Counter,
        "evalscaler_left_out_series_total",
        "Series of single tiers that were not made because there are too many.",
        {"metric"}},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].metric) != i) return false;
  }
  return kTable.back().metric == Metric::LeftOutSeries;
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

constexpr std::size_t kMostLabels = 3;

// Label values in the table's order, to look for.
struct Values {
  std::array<std::string_view, kMostLabels> text;
  std::size_t count = 0;

  Values([[maybe_unused]] const Row& row, std::initializer_list<std::string_view> given) {
    for (const std::string_view value : given) {
      assert(count < kMostLabels && row.labels[count] != nullptr);
      text[count++] = value;
    }
    assert(count == kMostLabels || row.labels[count] == nullptr);
  }
};

// The same, to keep.
using Kept = std::array<std::string, kMostLabels>;

struct Hash {
  using is_transparent = void;
  template <typename Texts>
  static std::size_t of(const Texts& texts) {
    std::size_t seed = 0;
    for (const std::string_view text : texts) {
      seed = seed * 31 + std::hash<std::string_view>{}(text);
    }
    return seed;
  }
  std::size_t operator()(const Kept& kept) const { return of(kept); }
  std::size_t operator()(const Values& values) const { return of(values.text); }
};

struct Same {
  using is_transparent = void;
  bool operator()(const Kept& a, const Kept& b) const { return a == b; }
  bool operator()(const Values& a, const Kept& b) const {
    return std::equal(a.text.begin(), a.text.end(), b.begin());
  }
  bool operator()(const Kept& a, const Values& b) const { return (*this)(b, a); }
};

using Series = std::variant<prometheus::Counter*, prometheus::Gauge*, prometheus::Histogram*>;
using Known = std::unordered_map<Kept, Series, Hash, Same>;

prometheus::Labels labels_of(const Row& row, const Values& values) {
  prometheus::Labels out;
  for (std::size_t i = 0; i < values.count; ++i) out.emplace(row.labels[i], values.text[i]);
  return out;
}

Series make(const Family& family, const Row& row, const prometheus::Labels& labels) {
  if (auto* const* counters = std::get_if<prometheus::Family<prometheus::Counter>*>(&family)) {
    return &(*counters)->Add(labels);
  }
  if (auto* const* gauges = std::get_if<prometheus::Family<prometheus::Gauge>*>(&family)) {
    return &(*gauges)->Add(labels);
  }
  return &std::get<prometheus::Family<prometheus::Histogram>*>(family)->Add(labels,
                                                                            bounds(row.buckets));
}

bool is_per_service(Metric metric) {
  return metric == Metric::TierCurrentReplicas || metric == Metric::TierDesiredReplicas;
}

}  // namespace

struct Metrics::State {
  prometheus::Registry registry;
  std::vector<Family> families;
  std::mutex mutex;
  std::array<Known, kTable.size()> known;  // under mutex

  // Null where there are too many already.
  template <typename T>
  T* find(Metric metric, std::initializer_list<std::string_view> labels) {
    const auto index = static_cast<std::size_t>(metric);
    const Values values(kTable[index], labels);
    const std::lock_guard lock(mutex);
    auto at = known[index].find(values);
    if (at == known[index].end()) {
      if (is_per_service(metric) && known[index].size() >= kMostPerService) return nullptr;
      Kept kept;
      std::copy(values.text.begin(), values.text.end(), kept.begin());
      at = known[index]
               .emplace(std::move(kept),
                        make(families[index], kTable[index], labels_of(kTable[index], values)))
               .first;
    }
    T* const* series = std::get_if<T*>(&at->second);
    assert(series != nullptr);
    return *series;
  }
};

Metrics::Metrics() : state_(std::make_unique<State>()) {
  for (const Row& row : kTable) state_->families.push_back(family(row, state_->registry));
  set(Metric::BuildInfo, {kVersion}, 1);
}

Metrics::~Metrics() = default;

void Metrics::add(Metric metric, std::initializer_list<std::string_view> labels, double amount) {
  if (row_of(metric).kind == Kind::Counter) {
    state_->find<prometheus::Counter>(metric, labels)->Increment(amount);
  } else if (auto* gauge = state_->find<prometheus::Gauge>(metric, labels)) {
    gauge->Increment(amount);
  }
}

void Metrics::set(Metric metric, std::initializer_list<std::string_view> labels, double value) {
  if (auto* gauge = state_->find<prometheus::Gauge>(metric, labels)) return gauge->Set(value);
  add(Metric::LeftOutSeries, {row_of(metric).name});
}

void Metrics::observe(Metric metric, std::initializer_list<std::string_view> labels,
                      double seconds) {
  state_->find<prometheus::Histogram>(metric, labels)->Observe(seconds);
}

void Metrics::remove(Metric metric, std::initializer_list<std::string_view> labels) {
  const auto index = static_cast<std::size_t>(metric);
  const Values values(row_of(metric), labels);
  const std::lock_guard lock(state_->mutex);
  const auto at = state_->known[index].find(values);
  if (at == state_->known[index].end()) return;
  const auto take_out = [&](auto* series) {
    using Kind = std::remove_pointer_t<decltype(series)>;
    std::get<prometheus::Family<Kind>*>(state_->families[index])->Remove(series);
  };
  std::visit(take_out, at->second);
  state_->known[index].erase(at);
}

std::string exported_metrics() {
  std::string out;
  for (const Row& row : kTable) {
    std::string labels;
    for (const char* label : row.labels) {
      if (label != nullptr) labels += (labels.empty() ? "" : ",") + std::string(label);
    }
    const std::string_view type = row.kind == Kind::Counter ? "counter"
                                  : row.kind == Kind::Gauge ? "gauge"
                                                            : "histogram";
    out += std::string(row.name) + "{" + labels + "} " + std::string(type) + ": " + row.help + "\n";
  }
  return out;
}

std::string Metrics::exposition() const {
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace evalscaler::telemetry
