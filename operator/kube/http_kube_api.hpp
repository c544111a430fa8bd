// SPDX-License-Identifier: Apache-2.0
// HttpKubeApi: KubeApi over two HttpClients, so that watches and short requests never wait
// for each other's connections.
//
// Nothing is retried here but a 401, once, with a token read anew (R48). Writes carry
// a fieldManager and fieldValidation=Strict (R37). Where there is a gate, it is asked
// right before every send of a request that is not a GET (L6): a write that it refuses is
// Cancelled and was not sent. What the server answered with Retry-After is not sent again before
// that time, whoever asks (R39): Unavailable with what is left of it. Clients, metrics and clock
// must outlive it. Thread-safe.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "core/clock.hpp"
#include "core/guarded.hpp"
#include "kube/cluster_access.hpp"
#include "kube/hold_off.hpp"
#include "kube/kube_api.hpp"
#include "telemetry/metrics.hpp"
#include "wire/http.hpp"

namespace evalscaler::kube {

inline constexpr const char* kFieldManager = "evalscaler";

struct HttpKubeApiSettings {
  // For one request, but for lists and watches. The server holds the first create of a new kind
  // for 2 s.
  std::chrono::milliseconds request_time{15'000};
  std::function<bool()> may_write;            // the gate; null = nobody is asked
  std::string field_manager = kFieldManager;  // who writes, for managedFields
};

class HttpKubeApi final : public KubeApi {
 public:
  // `host` (label of the metrics) is taken from access.endpoint.url.
  HttpKubeApi(wire::HttpClient& requests, wire::HttpClient& watches, const ClusterAccess& access,
              telemetry::Metrics& metrics, const Clock& clock, HttpKubeApiSettings settings = {});

  Result<std::string> get(const std::string& path, const std::stop_token& stop) override;
  Result<std::string> list(const std::string& collection, const ListQuery& query,
                           const std::stop_token& stop) override;
  Result<void> watch(const std::string& collection, const WatchQuery& query, wire::LineSink sink,
                     const std::stop_token& stop) override;
  Result<std::string> patch(const std::string& path, PatchType type, std::string body,
                            const std::stop_token& stop) override;
  Result<std::string> create(const std::string& collection, std::string body,
                             const std::stop_token& stop) override;
  Result<std::string> replace(const std::string& path, std::string body,
                              const std::stop_token& stop) override;

 private:
  using Exchange = FunctionRef<Result<wire::HttpResponse>(const wire::HttpRequest&)>;

  Result<std::string> sent(wire::HttpRequest request, const std::stop_token& stop);
  Result<wire::HttpResponse> authorized(wire::HttpRequest& request, Exchange exchange);
  Result<wire::HttpResponse> sent_once(const wire::HttpRequest& ready, const std::stop_token& stop);
  Result<wire::HttpResponse> counted(const wire::HttpRequest& request,
                                     Result<wire::HttpResponse> response);
  void note_warnings(const wire::HttpResponse& response);

  wire::HttpClient& requests_;
  wire::HttpClient& watches_;
  std::shared_ptr<TokenSource> tokens_;
  std::string host_;
  telemetry::Metrics& metrics_;
  const Clock& clock_;
  const HttpKubeApiSettings settings_;
  HoldOff hold_off_;
  Guarded<std::set<std::string>> warnings_;  // already logged; bounded
};

}  // namespace evalscaler::kube
