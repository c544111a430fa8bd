// SPDX-License-Identifier: Apache-2.0
#include "wire/http_server.hpp"

#include <arpa/inet.h>
#include <civetweb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <exception>
#include <future>
#include <string_view>
#include <utility>

#include "core/text.hpp"

namespace evalscaler::wire {
namespace {

struct Bind {
  std::string host;  // an IPv4 address, an IPv6 address in brackets, or empty for all
  std::string port;
};

Error bad_bind(const std::string& text) {
  return fail(ErrorKind::Invalid, "'" + one_line(text, 64) +
                                      "' is not an address to listen on (write :8081 or "
                                      "127.0.0.1:8081)");
}

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> parsed{};
  if (::inet_pton(AF_INET, host.c_str(), parsed.data()) == 1) return true;
  if (!host.starts_with('[') || !host.ends_with(']')) return false;
  return ::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), parsed.data()) == 1;
}

Result<Bind> parse_bind(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return bad_bind(text);
  Bind out{text.substr(0, colon), text.substr(colon + 1)};
  unsigned port = 0;
  const char* end = out.port.data() + out.port.size();
  const auto [stopped, problem] = std::from_chars(out.port.data(), end, port);
  if (problem != std::errc{} || stopped != end || port > 65'535) return bad_bind(text);
  if (!out.host.empty() && !is_address(out.host)) return bad_bind(text);
  return out;
}

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 503:
      return "Service Unavailable";
    default:
      return status < 400 ? "OK" : "Error";
  }
}

// What the library's callbacks reach through its user pointer.
struct Site {
  HttpRoutes routes;
  HttpFolders folders;
  std::string complaint;  // its last log line; read only when starting failed
};

// What is to be done for a path; empty if nobody knows it.
std::function<HttpAnswer()> find_answer(const Site& site, const mg_request_info& request) {
  const std::string path = request.local_uri == nullptr ? "" : request.local_uri;
  if (const auto route = site.routes.find(path); route != site.routes.end()) return route->second;
  const std::string_view raw = request.local_uri_raw == nullptr ? "" : request.local_uri_raw;
  for (const auto& [prefix, folder] : site.folders) {
    if (!raw.starts_with(prefix)) continue;
    return [&folder = folder, rest = raw.substr(prefix.size())] { return folder(rest); };
  }
  return {};
}

HttpAnswer answer_to(const Site& site, const mg_request_info& request) {
  const auto answer = find_answer(site, request);
  if (!answer) return {404, "text/plain; charset=utf-8", "not found\n"};
  if (std::string_view(request.request_method) != "GET") {
    return {405, "text/plain; charset=utf-8", "only GET is answered\n"};
  }
  try {
    return answer();
  } catch (const std::exception& problem) {
    return {500, "text/plain; charset=utf-8", one_line(problem.what()) + "\n"};
  }
}

int answer_request(mg_connection* connection) {
  const mg_request_info* request = mg_get_request_info(connection);
  const HttpAnswer answer = answer_to(*static_cast<const Site*>(request->user_data), *request);
  const std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " " +
                           std::string(reason(answer.status)) +
                           "\r\nContent-Type: " + answer.content_type +
                           "\r\nContent-Length: " + std::to_string(answer.body.size()) +
                           "\r\nConnection: close\r\n\r\n" + answer.body;
  mg_write(connection, text.data(), text.size());
  return answer.status;
}

// Peers that hang up are no news; a failed start is reported by serve_http itself.
int keep_complaint(const mg_connection* connection, const char* message) {
  auto* site = static_cast<Site*>(mg_get_user_data(mg_get_context(connection)));
  if (site != nullptr && site->complaint.empty()) site->complaint = message;
  return 1;
}

// The library looks at its stop flag only every 2 s, or when somebody connects.
void knock(const sockaddr_in& address) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return;
  static_cast<void>(
      ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  ::close(descriptor);
}

class CivetServer final : public HttpServer {
 public:
  CivetServer(std::unique_ptr<Site> site, mg_context* context, std::string host, std::uint16_t port)
      : site_(std::move(site)), context_(context), host_(std::move(host)), port_(port) {}

  ~CivetServer() override {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    const bool reachable = ::inet_pton(AF_INET, host_.c_str(), &address.sin_addr) == 1;
    const auto stopped = std::async(std::launch::async, [this] { mg_stop(context_); });
    while (reachable &&
           stopped.wait_for(std::chrono::milliseconds(5)) != std::future_status::ready) {
      knock(address);
    }
    stopped.wait();
    mg_exit_library();
  }
  CivetServer(const CivetServer&) = delete;
  CivetServer& operator=(const CivetServer&) = delete;

  std::string address() const override { return host_ + ":" + std::to_string(port_); }

 private:
  std::unique_ptr<Site> site_;
  mg_context* context_;
  std::string host_;
  std::uint16_t port_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> serve_http(const std::string& bind, HttpRoutes routes,
                                               HttpFolders folders) {
  const auto wanted = parse_bind(bind);
  if (!wanted) return wanted.error();
  const std::string port = wanted->host.empty() ? wanted->port : wanted->host + ":" + wanted->port;
  const std::array<const char*, 9> options{
      "listening_ports",   port.c_str(), "num_threads", "4", "request_timeout_ms", "5000",
      "enable_keep_alive", "no",         nullptr};
  mg_callbacks callbacks{};
  callbacks.begin_request = answer_request;
  callbacks.log_message = keep_complaint;
  auto site = std::make_unique<Site>(Site{std::move(routes), std::move(folders), {}});
  mg_init_library(0);
  mg_context* context = mg_start(&callbacks, site.get(), const_cast<const char**>(options.data()));
  if (context == nullptr) {
    mg_exit_library();
    return fail(ErrorKind::Unavailable,
                "cannot listen on " + bind + ": " + one_line(site->complaint, 256));
  }
  mg_server_port bound{};
  mg_get_server_ports(context, 1, &bound);
  const std::string host = wanted->host.empty() ? "0.0.0.0" : wanted->host;
  return std::unique_ptr<HttpServer>(std::make_unique<CivetServer>(
      std::move(site), context, host, static_cast<std::uint16_t>(bound.port)));
}

}  // namespace evalscaler::wire
