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
};

}  // namespace

Result<Cluster> connect(const kube::AccessChoice& choice, const Clock& clock) {
  auto access = kube::find_cluster(choice, kube::process_surroundings(), clock);
  if (!access) return access.error();
  auto http = wire::make_cpprest_client(access->endpoint);
  if (!http) return http.error();
  const auto connection = std::make_shared<Connection>();
  connection->http = std::move(*http);
  // No command watches, so one client serves both purposes.
  connection->api = std::make_unique<kube::HttpKubeApi>(*connection->http, *connection->http,
                                                        *access, connection->metrics, clock);
  return Cluster{{connection, connection->api.get()}, access->space, access->source};
}

}  // namespace evalscaler::cli
