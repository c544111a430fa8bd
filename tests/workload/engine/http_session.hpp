// SPDX-License-Identifier: Apache-2.0
// HttpSession: one client connection: reads a request, has it answered, writes the answer, and
// again while the client keeps the connection (HTTP/1.1). Pipelined requests are served one
// after the other.
//
// Lives as long as an operation of its own is pending. The socket's executor must be a strand.
// `slot` is held for as long as the session lives. The routes must outlive the session.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "workload/engine/engine_routes.hpp"

namespace evalscaler::workload {

// How long a client may take. Each bounds one step from its start, so trickling bytes buys nothing.
struct SessionLimits {
  std::chrono::milliseconds header = std::chrono::seconds(30);  // idle time included
  std::chrono::milliseconds body = std::chrono::seconds(10);
  std::chrono::milliseconds write = std::chrono::seconds(10);
  std::chrono::milliseconds linger = std::chrono::seconds(1);
};

class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(boost::asio::ip::tcp::socket socket, EngineRoutes& routes, SessionLimits limits,
              std::shared_ptr<void> slot);

  void start();

 private:
  using Request = boost::beast::http::request_parser<boost::beast::http::string_body>;
  using Response = boost::beast::http::response<boost::beast::http::string_body>;
  enum class After { ReadNext, Close };

  void read_header();
  void on_header(boost::beast::error_code error);
  void write_continue();
  void read_body();
  void on_body(boost::beast::error_code error);
  void refuse(boost::beast::error_code error);
  void write(HttpAnswer answer, After after);
  void on_written(boost::beast::error_code error, After after);
  void close_gently();
  void discard_rest();

  boost::beast::tcp_stream stream_;
  EngineRoutes& routes_;
  const SessionLimits limits_;
  const std::shared_ptr<void> slot_;
  boost::beast::flat_buffer buffer_;
  std::optional<Request> parser_;
  std::optional<Response> response_;
  std::shared_ptr<void> in_flight_;
};

}  // namespace evalscaler::workload
