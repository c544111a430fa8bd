// SPDX-License-Identifier: Apache-2.0
#include "app/prometheus_polls.hpp"

#include <random>
#include <utility>

#include "core/text.hpp"
#include "wire/cpprest_http.hpp"

namespace evalscaler::app {

Result<std::unique_ptr<PrometheusPolls>> PrometheusPolls::open(
    prometheus::PrometheusReadings& readings, Clock& clock, telemetry::Metrics& metrics) {
  auto polls = std::make_unique<PrometheusPolls>();
  for (const prometheus::Server& server : readings.catalogue().servers) {
    auto access = prometheus::ServerAccess::open(server, clock);
    if (!access) return access.error();
    auto http = wire::make_cpprest_client((*access)->endpoint());
    if (!http) {
      return fail(http.error().kind,
                  "prometheus server " + server.name + ": " + http.error().message);
    }
    auto poller = std::make_unique<prometheus::Poller>(**access, **http, readings, clock, metrics,
                                                       std::random_device{}());
    polls->links_.push_back(
        {std::move(access).value(), std::move(http).value(), std::move(poller)});
  }
  return polls;
}

void PrometheusPolls::start() {
  for (const Link& link : links_) {
    threads_.push_back(std::make_unique<prometheus::PollerThreads>(*link.poller));
  }
}

void PrometheusPolls::stop() {
  threads_.clear();
}

std::string PrometheusPolls::servers() const {
  std::vector<std::string> out;
  for (const Link& link : links_) {
    out.push_back(link.access->server().name + " " + link.access->server().url);
  }
  return out.empty() ? "none" : join(out, ", ");
}

}  // namespace evalscaler::app
