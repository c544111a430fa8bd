// SPDX-License-Identifier: Apache-2.0
// HttpServer: answers GET requests of probes and scrapers (CivetWeb).
//
// Handlers are called from the server's own threads and must not block. Stops and joins in
// the destructor.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace evalscaler::wire {

struct HttpAnswer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

using HttpRoutes = std::map<std::string, std::function<HttpAnswer()>>;  // exact path -> answer
// Prefix, ending in '/' -> the answer for what follows it. That is percent-decoded, and otherwise
// as it was sent: whoever knows its alphabet has to be strict.
using HttpFolders = std::map<std::string, std::function<HttpAnswer(std::string_view rest)>>;

class HttpServer {
 public:
  virtual ~HttpServer() = default;
  virtual std::string address() const = 0;  // "127.0.0.1:8081", with the port really bound
};

// `bind`: "host:port", ":port" (all addresses) or ":0" (a free port). Invalid for other text,
// Unavailable if the address cannot be bound.
Result<std::unique_ptr<HttpServer>> serve_http(const std::string& bind, HttpRoutes routes,
                                               HttpFolders folders = {});

}  // namespace evalscaler::wire
