// SPDX-License-Identifier: Apache-2.0
#include "app/operator.hpp"

#include <unistd.h>

#include <array>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/cluster_watch.hpp"
#include "app/probes.hpp"
#include "app/prometheus_polls.hpp"
#include "core/text.hpp"
#include "core/version.hpp"
#include "kube/api_event_recorder.hpp"
#include "kube/cluster_access.hpp"
#include "kube/http_kube_api.hpp"
#include "prometheus/catalogue.hpp"
#include "reconcile/controller.hpp"
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
        api(*clients.requests, *clients.watches, access, metrics, clock),
        watch(api, clock, metrics, options.namespaces),
        readings(std::move(catalogue), options.inline_queries, clock),
        events(api, clock, metrics, host_name()),
        registry({&api, &watch.deployments(), &clock}),
        reconciler({&watch.services(),
                    [this](const api::Tier& tier) { return registry.find(tier); }, &readings, &api,
                    &events, &metrics, options.max_replicas_limit}),
        controller(
            controller_settings(options),
            [this](const ObjectKey& key, const reconcile::Moment& now,
                   const std::stop_token& stop) { return reconciler.visit(key, now, stop); },
            [this] { return watch.synced(); }, clock, metrics) {
    connect();
  }

  static reconcile::ControllerSettings controller_settings(const Options& options) {
    reconcile::ControllerSettings settings;
    settings.workers = options.workers;
    return settings;
  }
  void connect();
  void count_services();
  Result<void> open_polls();
  Result<void> serve();
  void log_start() const;

  Options options;
  Clock& clock;
  telemetry::Metrics metrics;
  kube::ClusterAccess access;
  Clients clients;
  kube::HttpKubeApi api;
  ClusterWatch watch;
  prometheus::PrometheusReadings readings;
  std::unique_ptr<PrometheusPolls> polls;
  kube::ApiEventRecorder events;
  targets::TargetRegistry registry;
  reconcile::ServiceIndex index;
  reconcile::Reconciler reconciler;
  reconcile::Controller controller;
  std::unique_ptr<wire::HttpServer> metrics_server;
  std::unique_ptr<wire::HttpServer> probe_server;
};

// What causes a visit: a changed service, a changed target, a finished poll.
void Operator::Parts::connect() {
  watch.services().listen([this](const ObjectKey& key, const auto& object) {
    if (index.update(key, object.get()) == reconcile::ServiceIndex::Change::Irrelevant) return;
    controller.add(key);
    count_services();
  });
  watch.deployments().listen([this](const ObjectKey& key, const auto&) {
    const std::string& kind = targets::deployment_resource().kind;
    for (const ObjectKey& service : index.services_of(kind, key)) controller.add(service);
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

Result<void> Operator::Parts::open_polls() {
  auto opened = PrometheusPolls::open(readings, clock, metrics);
  if (!opened) return opened.error();
  polls = std::move(opened).value();
  return {};
}

Result<void> Operator::Parts::serve() {
  const auto open = [](const std::string& address, const char* flag, wire::HttpRoutes routes,
                       std::unique_ptr<wire::HttpServer>& server) -> Result<void> {
    if (address.empty()) return {};
    auto opened = wire::serve_http(address, std::move(routes));
    if (!opened) {
      return fail(opened.error().kind,
                  std::string("--") + flag + " " + address + ": " + opened.error().message);
    }
    server = std::move(opened).value();
    return {};
  };
  EVALSCALER_TRY(open(options.metrics_address, "metrics-bind-address", metrics_routes(metrics),
                      metrics_server));
  return open(options.probe_address, "health-probe-bind-address",
              probe_routes([this] { return controller.alive(); }, [this] { return watch.state(); }),
              probe_server);
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
  EVALSCALER_TRY(parts->open_polls());
  EVALSCALER_TRY(parts->serve());
  return std::unique_ptr<Operator>(new Operator(std::move(parts)));
}

void Operator::run(const std::stop_token& stop) {
  Parts& parts = *parts_;
  parts.log_start();
  std::jthread events([&](const std::stop_token& over) { parts.events.run(over); });
  parts.controller.start();
  parts.polls->start();
  parts.watch.start();

  bool said_missing = false;
  while (!parts.watch.synced() && parts.clock.sleep_for(kStartCheck, stop)) {
    if (said_missing || !parts.watch.crd_is_missing()) continue;
    said_missing = true;
    telemetry::log_error(
        "the EvaluationService resource is not installed; kubectl apply -f "
        "crds/evalscaler.io_evaluationservices.yaml (waiting for it)");
  }
  if (parts.watch.synced()) {
    telemetry::log_info("ready", {{"services", parts.watch.services().size()},
                                  {"deployments", parts.watch.deployments().size()}});
  }
  while (parts.clock.sleep_for(std::chrono::hours(24), stop)) {
  }

  parts.controller.stop(kStopGrace);
  parts.watch.stop();
  parts.polls->stop();
  events.request_stop();
  events.join();
  telemetry::log_info("stopped");
}

}  // namespace evalscaler::app
