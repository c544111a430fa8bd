// SPDX-License-Identifier: Apache-2.0
#include "cli/connect.hpp"

#include "kube/http_kube_api.hpp"
#include "telemetry/metrics.hpp"
#include "wire/cpprest_http.hpp"

namespace evalscaler::cli {
namespace {

// Everything a client borrows, kept as long as the client is.
struct Connection {
  telemetry::Metrics metrics;
  std::unique_ptr<wire::HttpClient> http;
  std::unique_ptr<kube::HttpKubeApi> api;
  std::unique_ptr<kube::HttpKubeApi> quick;
};

// As managedFields will name whoever pauses a service.
constexpr const char* kManager = "kubectl-evalscaler";

}  // namespace

Result<Cluster> connect(const kube::AccessChoice& choice, const Clock& clock) {
  auto access = kube::find_cluster(choice, kube::process_surroundings(), clock);
  if (!access) return access.error();
  auto http = wire::make_cpprest_client(access->endpoint);
  if (!http) return http.error();
  const auto connection = std::make_shared<Connection>();
  connection->http = std::move(*http);
  // No command watches, so one client serves both purposes.
  kube::HttpKubeApiSettings settings;
  settings.field_manager = kManager;
  const auto make = [&] {
    return std::make_unique<kube::HttpKubeApi>(*connection->http, *connection->http, *access,
                                               connection->metrics, clock, settings);
  };
  connection->api = make();
  settings.request_time = kLiveTime;
  connection->quick = make();
  return Cluster{{connection, connection->api.get()},
                 {connection, connection->quick.get()},
                 access->space,
                 access->source};
}

}  // namespace evalscaler::cli
