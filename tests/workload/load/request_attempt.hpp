// SPDX-License-Identifier: Apache-2.0
// RequestAttempt: one POST from connecting to the full answer, asynchronous, on the thread that
// runs `io`.
//
// With ConnectionUse::KeepAlive it may be given an idle connection, and hands one back when it
// can serve again. An idle connection the server has closed meanwhile is not the request's
// fault: it is replaced by a new one, once. Otherwise nothing is ever sent twice.
//
// Lives as long as an operation of its own is pending. Target and body must outlive it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "workload/clock.hpp"
#include "workload/load/latency_recorder.hpp"
#include "workload/load/load_options.hpp"

namespace evalscaler::workload {

// A URL whose host is known by number.
struct LoadTarget {
  HttpUrl url;
  boost::asio::ip::tcp::endpoint endpoint;
};

using Connection = std::unique_ptr<boost::beast::tcp_stream>;

class RequestAttempt : public std::enable_shared_from_this<RequestAttempt> {
 public:
  // Called once, never from within start(). `reusable` is empty unless the connection is still
  // good.
  using Done = std::function<void(RequestOutcome outcome, Connection reusable)>;

  RequestAttempt(boost::asio::io_context& io, const LoadTarget& target, const std::string& body,
                 ConnectionUse use);

  void start(Connection idle, Instant deadline, Done done);

 private:
  using ResponseParser = boost::beast::http::response_parser<boost::beast::http::string_body>;
  enum class Stage { Connecting, Exchanging };

  void connect();
  void send();
  void receive();
  void on_answer();
  void fail_with(boost::beast::error_code error, Stage stage);
  void await_close();

  boost::asio::io_context& io_;
  const LoadTarget& target_;
  const ConnectionUse use_;
  boost::beast::http::request<boost::beast::http::span_body<const char>> request_;
  Connection connection_;
  bool reused_ = false;
  Instant deadline_;
  Done done_;
  boost::beast::flat_buffer buffer_;
  std::optional<ResponseParser> parser_;
};

}  // namespace evalscaler::workload
