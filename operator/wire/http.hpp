// SPDX-License-Identifier: Apache-2.0
// The HTTP client interface: what the rest of the program knows of HTTP.
//
// Implementations are thread-safe and block the caller. Errors say what happened to the
// request on the wire, so that the caller can decide what a retry means:
//   Unavailable     nothing was executed (refused, TLS, name resolution, body cut short)
//   OutcomeUnknown  it was sent and the answer never came: read back before retrying (R38)
//   Invalid         the answer is larger than `max_body`
//   Cancelled       stop was requested
// Any HTTP status is a success at this level. Redirects are never followed. Error texts say
// what failed and hold no URL, header or token: they may end up in a status that others read.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/function_ref.hpp"
#include "core/result.hpp"

namespace evalscaler::wire {

enum class Method { Get, Post, Put, Patch, Delete };
std::string_view to_text(Method method);

using Header = std::pair<std::string, std::string>;

struct HttpRequest {
  Method method = Method::Get;
  std::string target;  // path and query, percent-encoded, beginning with '/'
  std::vector<Header> headers;
  std::string content_type;  // of the body; empty when there is none
  std::string body;
  std::chrono::milliseconds timeout{10'000};  // whole exchange; for stream(): idle time
  std::size_t max_body = std::size_t{16} << 20U;
};

struct HttpResponse {
  int status = 0;
  std::vector<Header> headers;
  std::string body;

  std::optional<std::string_view> header(std::string_view name) const;  // case-insensitive
  std::optional<std::chrono::seconds> retry_after() const;  // delta-seconds form, capped at 1 h
};

// Receives the lines of a 200 answer as they arrive, without the '\n'. Called from a library
// thread, one call at a time; must not block for long. Return false to end the stream.
using LineSink = FunctionRef<bool(std::string_view line)>;

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  virtual Result<HttpResponse> send(const HttpRequest& request, const std::stop_token& stop) = 0;
  // Returns when the stream ends: with status 200 and an empty body after a clean end, with
  // the (capped) body for any other status, or with an error if the connection broke or was
  // idle for longer than request.timeout. A last line without '\n' is dropped (R17).
  virtual Result<HttpResponse> stream(const HttpRequest& request, LineSink sink,
                                      const std::stop_token& stop) = 0;
};

// What a TLS connection trusts and presents; PEM text. Immutable once shared.
struct TlsMaterial {
  std::string ca_pem;           // replaces the system's CAs; empty = the system's own bundle
  std::string certificate_pem;  // client certificate chain; empty = none
  std::string key_pem;
};

struct HttpEndpoint {
  std::string url;          // http(s)://host[:port][/prefix], no userinfo
  std::string server_name;  // verify this name instead of the host's; empty = the host
  // Asked before every request, so that files on disk may rotate: other material (another
  // pointer) means new connections. Null, for https: the system's CAs. Not used for http.
  std::function<std::shared_ptr<const TlsMaterial>()> tls;
  std::string user_agent;
};

// Percent-encodes everything but unreserved characters (RFC 3986), for one path segment or
// one query value.
std::string percent_encoded(std::string_view text);

}  // namespace evalscaler::wire
