// SPDX-License-Identifier: Apache-2.0
// ServerAccess: how to reach one Prometheus server: endpoint, headers, credentials in files.
//
// Credentials are read from their files while in use, so that they may rotate. Thread-safe.
#pragma once

#include <memory>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "prometheus/catalogue.hpp"
#include "wire/file_source.hpp"
#include "wire/http.hpp"

namespace evalscaler::prometheus {

class ServerAccess {
 public:
  // Fails, naming the server and the file, if a file that TLS needs cannot be read.
  // `server` and `clock` must outlive it.
  static Result<std::unique_ptr<ServerAccess>> open(const Server& server, const Clock& clock);

  const Server& server() const { return server_; }
  wire::HttpEndpoint endpoint() const;
  // The configured headers and Authorization; an error if a credential file is unreadable.
  Result<std::vector<wire::Header>> headers();
  // The server answered 401 or 403: read the token again.
  void refused();

 private:
  ServerAccess(const Server& server, const Clock& clock);

  const Server& server_;
  std::shared_ptr<wire::TlsSource> tls_;
  std::unique_ptr<wire::TokenFile> token_;
};

}  // namespace evalscaler::prometheus
