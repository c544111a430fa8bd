// SPDX-License-Identifier: Apache-2.0
// Metrics: every series this program exports, declared in one table (metrics.cpp).
//
// Names other dashboards know (controller-runtime, client-go) are kept as they are; our own
// begin with evalscaler_. Label values are given in the table's order. A series that was used
// before is found again without an allocation. Thread-safe.
//
// Series of one service or tier are made only up to kMostPerService per metric: what is left out is
// counted, and nothing else depends on them.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace evalscaler::telemetry {

enum class Metric {
  BuildInfo,                // evalscaler_build_info{version}
  ReconcileTotal,           // controller_runtime_reconcile_total{controller,result}
  ReconcileErrors,          // controller_runtime_reconcile_errors_total{controller}
  ReconcileSeconds,         // controller_runtime_reconcile_time_seconds{controller}
  ActiveWorkers,            // controller_runtime_active_workers{controller}
  MaxConcurrentReconciles,  // controller_runtime_max_concurrent_reconciles{controller}
  QueueDepth,               // workqueue_depth{name}
  QueueAdds,                // workqueue_adds_total{name}
  QueueRetries,             // workqueue_retries_total{name}
  QueueSeconds,             // workqueue_queue_duration_seconds{name}
  RestClientRequests,       // rest_client_requests_total{code,method,host}
  RestClientSeconds,        // rest_client_request_duration_seconds{verb,host}
  WatchLists,               // evalscaler_watch_lists_total{resource,kind} kind: stream, paged
  WatchEvents,              // evalscaler_watch_events_total{resource,type}
  WatchRestarts,            // evalscaler_watch_restarts_total{resource,reason}
  DroppedObjects,           // evalscaler_dropped_objects_total{resource}
  CachedObjects,            // evalscaler_cached_objects{resource}
  PrometheusQueries,        // evalscaler_prometheus_queries_total{server,result}
  PrometheusQuerySeconds,   // evalscaler_prometheus_query_duration_seconds{server}
  Services,                 // evalscaler_services{mode}
  Decisions,                // evalscaler_decisions_total{kind,direction,reason}
  Readings,                 // evalscaler_readings_total{state}
  CurrentReplicas,          // evalscaler_current_replicas{kind}
  DesiredReplicas,          // evalscaler_desired_replicas{kind}
  TargetWrites,             // evalscaler_target_writes_total{kind,result}
  TargetWriteSeconds,       // evalscaler_target_write_duration_seconds{kind}
  Plans,                    // evalscaler_plans_total{kind,outcome} outcome: begun, done, stopped,
                            // refused
  PlansRunning,             // evalscaler_plans_running{kind}
  PlanSlots,                // evalscaler_plan_slots_moved_total{kind}
  PlanKeys,                 // evalscaler_plan_keys_moved_total{kind}
  PlanBytes,                // evalscaler_plan_bytes_moved_total{kind}
  PlanTurnSeconds,          // evalscaler_plan_turn_duration_seconds{kind}
  StatusWrites,             // evalscaler_status_writes_total{result}
  StatusWriteSeconds,       // evalscaler_status_write_duration_seconds{}
  LeaderStatus,             // leader_election_master_status{name} 1: this process leads
  Events,                   // evalscaler_events_total{result}
  // By opt-in (--per-service-metrics), one series per tier:
  TierCurrentReplicas,  // evalscaler_tier_current_replicas{namespace,service,tier}
  TierDesiredReplicas,  // evalscaler_tier_desired_replicas{namespace,service,tier}
  LeftOutSeries,        // evalscaler_left_out_series_total{metric}
};

inline constexpr std::size_t kMostPerService = 5000;

class Metrics {
 public:
  Metrics();
  ~Metrics();
  void add(Metric metric, std::initializer_list<std::string_view> labels, double amount = 1);
  void set(Metric metric, std::initializer_list<std::string_view> labels, double value);
  void observe(Metric metric, std::initializer_list<std::string_view> labels, double seconds);
  // The series is gone until it is used again; nobody may use it meanwhile.
  void remove(Metric metric, std::initializer_list<std::string_view> labels);
  std::string exposition() const;  // Prometheus text format 0.0.4

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// One line per metric of the table: name{labels} type: help.
std::string exported_metrics();

}  // namespace evalscaler::telemetry
