// SPDX-License-Identifier: Apache-2.0
#include "app/operator.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/cluster_watch.hpp"
#include "app/lease_keeper.hpp"
#include "app/live_endpoint.hpp"
#include "app/probes.hpp"
#include "app/prometheus_polls.hpp"
#include "core/text.hpp"
#include "core/version.hpp"
#include "kube/api_event_recorder.hpp"
#include "kube/cluster_access.hpp"
#include "kube/http_kube_api.hpp"
#include "prometheus/catalogue.hpp"
#include "reconcile/controller.hpp"
#include "reconcile/live_view.hpp"
#include "reconcile/other_autoscalers.hpp"
#include "reconcile/plan_view.hpp"
#include "reconcile/reconciler.hpp"
#include "reconcile/service_index.hpp"
#include "targets/registry.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"
#include "wire/cpprest_http.hpp"
#include "wire/http_server.hpp"

namespace evalscaler::app {
namespace {

using telemetry::Metric;

// How often an operator that is not ready yet looks whether it is.
constexpr std::chrono::milliseconds kStartCheck{200};
// How long a service that the last leader evaluated may go on without another look first.
constexpr std::chrono::seconds kHandover{60};
// For a write that is under way when a stop is requested; the rest of 5 s is for joining.
constexpr std::chrono::seconds kStopGrace{3};

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : "unknown";
}

struct Clients {
  std::unique_ptr<wire::HttpClient> requests;
  std::unique_ptr<wire::HttpClient> watches;
};

Result<Clients> make_clients(const kube::ClusterAccess& access) {
  Clients out;
  for (auto* client : {&out.requests, &out.watches}) {
    auto made = wire::make_cpprest_client(access.endpoint);
    if (!made) return fail(made.error().kind, access.source + ": " + made.error().message);
    *client = std::move(made).value();
  }
  return out;
}

}  // namespace

// In the order in which they are made; each may refer to what stands above it.
struct Operator::Parts {
  Parts(Options chosen, Clock& the_clock, kube::ClusterAccess cluster, Clients made,
        prometheus::Catalogue catalogue)
      : options(std::move(chosen)),
        clock(the_clock),
        access(std::move(cluster)),
        clients(std::move(made)),
        api(*clients.requests, *clients.watches, access, metrics, clock, api_settings()),
        watch(api, clock, metrics, options.namespaces),
        readings(std::move(catalogue), options.inline_queries, clock),
        events(api, clock, metrics, host_name()),
        registry({&api, &watch.deployments(), &watch.stateful_sets(), &clock, write_gate()}),
        reconciler(surroundings()),
        controller(
            controller_settings(options),
            [this](const ObjectKey& key, const reconcile::Moment& now,
                   const std::stop_token& stop) {
              auto outcome = reconciler.visit(key, now, stop);
              if (stop.stop_requested()) visit_cut_short = true;
              return outcome;
            },
            [this] { return watch.synced(); }, clock, metrics) {
    connect();
  }

  static reconcile::ControllerSettings controller_settings(const Options& options) {
    reconcile::ControllerSettings settings;
    settings.workers = options.workers;
    return settings;
  }
  reconcile::Surroundings surroundings() {
    reconcile::Surroundings with;
    with.services = &watch.services();
    with.find_target = [this](const api::Tier& tier) { return registry.find(tier); };
    with.readings = &readings;
    with.api = &api;
    with.events = &events;
    with.metrics = &metrics;
    with.max_replicas_limit = options.max_replicas_limit;
    with.relieves = [this] { return clock.steady() < handover_ends; };
    with.wall = [this] { return clock.wall(); };
    with.steady = [this] { return clock.steady(); };
    with.per_service_metrics =
        options.per_service_metrics ? reconcile::PerService::Exported : reconcile::PerService::Left;
    if (options.paused) with.pause = "this operator runs with --paused";
    with.plan_turns_at_once = static_cast<std::ptrdiff_t>(options.workers / 2);
    with.max_scale_downs_per_minute = options.max_scale_downs_per_minute;
    with.other_autoscaler = [this](const ObjectKey& service, const api::Tier& tier) {
      return others.on_target_of(service, tier);
    };
    return with;
  }
  // Without leader election everybody may write at any time.
  kube::HttpKubeApiSettings api_settings() {
    kube::HttpKubeApiSettings settings;
    settings.may_write = write_gate();
    return settings;
  }
  std::function<bool()> write_gate() {
    if (!options.leader_elect) return {};
    return [this] { return lease->may_write(); };
  }
  void connect();
  void count_services();
  Result<void> open_lease();
  Result<void> open_polls();
  Result<void> serve();
  LiveQuestions live_questions();
  void log_start() const;
  void wait_until_synced(const std::stop_token& stop);
  bool wait_until_leading(const std::stop_token& stop);
  void act_until(const std::stop_token& stop);

  Options options;
  Clock& clock;
  telemetry::Metrics metrics;
  kube::ClusterAccess access;
  Clients clients;
  std::unique_ptr<LeaseKeeper> lease;  // null without leader election
  kube::HttpKubeApi api;
  ClusterWatch watch;
  prometheus::PrometheusReadings readings;
  std::unique_ptr<PrometheusPolls> polls;
  kube::ApiEventRecorder events;
  targets::TargetRegistry registry;
  reconcile::ServiceIndex index;
  reconcile::OtherAutoscalers others{index};
  reconcile::Reconciler reconciler;
  reconcile::LiveView live{watch.services(), reconciler.memory(), readings, clock};
  reconcile::PlanView plans{watch.services(),
                            [this](const api::Tier& tier) { return registry.find(tier); }, clock};
  SteadyTime handover_ends = SteadyTime::min();  // written before any visit
  std::atomic<bool> visit_cut_short{false};      // its write may still be on its way
  reconcile::Controller controller;
  std::unique_ptr<wire::HttpServer> metrics_server;
  std::unique_ptr<wire::HttpServer> probe_server;
};

// What causes a visit: a changed service, a changed target, another autoscaler that comes, goes or
// turns to another target, a finished poll.
void Operator::Parts::connect() {
  watch.services().listen([this](const ObjectKey& key, const auto& object) {
    const auto concerned = index.update(key, object.get());
    for (const ObjectKey& service : concerned) controller.add(service);
    if (!concerned.empty()) count_services();
  });
  const auto visit_users_of = [this](const kube::Resource& resource) {
    return [this, &kind = resource.kind](const ObjectKey& key, const auto&) {
      for (const ObjectKey& service : index.services_of(kind, key)) controller.add(service);
    };
  };
  watch.deployments().listen(visit_users_of(targets::deployment_resource()));
  watch.stateful_sets().listen(visit_users_of(targets::stateful_set_resource()));
  watch.autoscalers().listen([this](const ObjectKey& key, const auto& object) {
    for (const ObjectKey& service : others.update(key, object.get())) controller.add(service);
  });
  readings.on_rounds([this](const std::vector<ObjectKey>& services) {
    for (const ObjectKey& service : services) controller.add(service);
  });
}

void Operator::Parts::count_services() {
  using api::Mode;
  for (const auto& [mode, label] :
       {std::pair{Mode::Auto, "Auto"}, {Mode::DryRun, "DryRun"}, {Mode::Paused, "Paused"}}) {
    metrics.set(Metric::Services, {label}, static_cast<double>(index.count(mode)));
  }
}

Result<void> Operator::Parts::open_lease() {
  if (!options.leader_elect) return {};
  auto opened = LeaseKeeper::open(access, options.lease_namespace, host_name(), clock, metrics);
  if (!opened) return opened.error();
  lease = std::move(opened).value();
  return {};
}

Result<void> Operator::Parts::open_polls() {
  auto opened = PrometheusPolls::open(readings, clock, metrics);
  if (!opened) return opened.error();
  polls = std::move(opened).value();
  return {};
}

// Only who leads knows a service; the others name it.
LiveQuestions Operator::Parts::live_questions() {
  LiveQuestions questions;
  questions.explain = [this](const ObjectKey& key) { return live.explain(key, {}); };
  questions.plan = [this](const ObjectKey& key, const std::string& tier, api::Replicas wanted) {
    return plans.preview(key, tier, wanted, {});
  };
  questions.leads = [this] { return lease == nullptr || lease->may_write(); };
  questions.leader = [this] { return lease == nullptr ? std::string() : lease->holder(); };
  return questions;
}

// The live view is served beside the metrics, whose port a Service points at; the probes have a
// server, and threads, of their own.
Result<void> Operator::Parts::serve() {
  const auto open = [](const std::string& address, const char* flag, wire::HttpRoutes routes,
                       wire::HttpFolders folders,
                       std::unique_ptr<wire::HttpServer>& server) -> Result<void> {
    if (address.empty()) return {};
    auto opened = wire::serve_http(address, std::move(routes), std::move(folders));
    if (!opened) {
      return fail(opened.error().kind,
                  std::string("--") + flag + " " + address + ": " + opened.error().message);
    }
    server = std::move(opened).value();
    return {};
  };
  EVALSCALER_TRY(open(options.metrics_address, "metrics-bind-address", metrics_routes(metrics),
                      live_folders(live_questions()), metrics_server));
  return open(options.probe_address, "health-probe-bind-address",
              probe_routes([this] { return controller.alive(); }, [this] { return watch.state(); }),
              {}, probe_server);
}

void Operator::Parts::log_start() const {
  telemetry::log_info(
      "evalscaler starts",
      {{"version", kVersion},
       {"api_server", access.endpoint.url},
       {"access", access.source},
       {"namespaces", options.namespaces.empty() ? "all" : join(options.namespaces, ",")},
       {"prometheus", polls->servers()},
       {"metrics", metrics_server ? metrics_server->address() : "off"},
       {"probes", probe_server ? probe_server->address() : "off"}});
}

Operator::Operator(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Operator::~Operator() = default;

Result<std::unique_ptr<Operator>> Operator::make(const Options& options, Clock& clock) {
  auto catalogue = options.config.empty() ? prometheus::builtin_catalogue()
                                          : prometheus::load_catalogue(options.config);
  if (!catalogue) return catalogue.error();
  auto access = kube::find_cluster({options.kubeconfig, ""}, kube::process_surroundings(), clock);
  if (!access) return access.error();
  auto clients = make_clients(*access);
  if (!clients) return clients.error();

  auto parts = std::make_unique<Parts>(options, clock, std::move(access).value(),
                                       std::move(clients).value(), std::move(catalogue).value());
  parts->metrics.set(Metric::BuildInfo, {kVersion}, 1);
  EVALSCALER_TRY(parts->open_lease());
  EVALSCALER_TRY(parts->open_polls());
  EVALSCALER_TRY(parts->serve());
  return std::unique_ptr<Operator>(new Operator(std::move(parts)));
}

void Operator::Parts::wait_until_synced(const std::stop_token& stop) {
  bool said_missing = false;
  while (!watch.synced() && clock.sleep_for(kStartCheck, stop)) {
    if (said_missing || !watch.crd_is_missing()) continue;
    said_missing = true;
    telemetry::log_error(
        "the EvaluationService resource is not installed; kubectl apply -f "
        "crds/evalscaler.io_evaluationservices.yaml (waiting for it)");
  }
  if (!watch.synced()) return;
  telemetry::log_info("ready", {{"services", watch.services().size()},
                                {"deployments", watch.deployments().size()}});
}

bool Operator::Parts::wait_until_leading(const std::stop_token& stop) {
  if (stop.stop_requested()) return false;
  if (!lease) return true;
  lease->start();
  if (!lease->wait_until_leading(stop)) return false;
  if (lease->saw_predecessor()) handover_ends = clock.steady() + kHandover;
  return true;
}

void Operator::Parts::act_until(const std::stop_token& stop) {
  std::jthread recorder([this](const std::stop_token& over) { events.run(over); });
  controller.start();
  polls->start();
  while (clock.sleep_for(std::chrono::hours(24), stop)) {
  }
  controller.stop(kStopGrace);
}

// A candidate has its caches filled, so that a takeover begins with a visit to everything.
void Operator::run(const std::stop_token& stop) {
  Parts& parts = *parts_;
  parts.log_start();
  parts.watch.start();
  parts.wait_until_synced(stop);
  if (parts.wait_until_leading(stop)) parts.act_until(stop);
  if (parts.lease && parts.visit_cut_short) {
    parts.lease->abandon();
  } else if (parts.lease) {
    parts.lease->release();
  }
  parts.watch.stop();
  parts.polls->stop();
  telemetry::log_info("stopped");
}

}  // namespace evalscaler::app
