// SPDX-License-Identifier: Apache-2.0
#include "workload/load/request_attempt.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace evalscaler::workload {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;

constexpr std::uint64_t kMostAnswerBytes = 16 * 1024 * 1024;
constexpr std::chrono::milliseconds kAwaitClose{200};

bool is_connection_lost(beast::error_code error) {
  namespace net_error = boost::asio::error;
  return error == net_error::connection_reset || error == net_error::broken_pipe ||
         error == net_error::eof || error == net_error::connection_aborted ||
         error == net_error::not_connected || error == http::error::end_of_stream ||
         error == http::error::partial_message;
}

}  // namespace

RequestAttempt::RequestAttempt(boost::asio::io_context& io, const LoadTarget& target,
                               const std::string& body, ConnectionUse use)
    : io_(io), target_(target), use_(use) {
  request_.method(http::verb::post);
  request_.target(target.url.target);
  request_.version(11);
  request_.set(http::field::host, target.url.authority);
  request_.set(http::field::user_agent, "load-generator");
  request_.set(http::field::content_type, "application/json");
  request_.keep_alive(use == ConnectionUse::KeepAlive);
  request_.body() = beast::span<const char>(body.data(), body.size());
  request_.content_length(body.size());
}

void RequestAttempt::start(Connection idle, Instant deadline, Done done) {
  deadline_ = deadline;
  done_ = std::move(done);
  connection_ = std::move(idle);
  reused_ = connection_ != nullptr;
  if (!reused_) return connect();
  connection_->expires_at(deadline_);
  send();
}

void RequestAttempt::connect() {
  connection_ = std::make_unique<beast::tcp_stream>(io_);
  connection_->expires_at(deadline_);
  connection_->async_connect(target_.endpoint,
                             [self = shared_from_this()](beast::error_code error) {
                               if (error) return self->fail_with(error, Stage::Connecting);
                               self->connection_->socket().set_option(tcp::no_delay(true), error);
                               self->send();
                             });
}

void RequestAttempt::send() {
  http::async_write(*connection_, request_,
                    [self = shared_from_this()](beast::error_code error, std::size_t) {
                      if (error) return self->fail_with(error, Stage::Exchanging);
                      self->receive();
                    });
}

void RequestAttempt::receive() {
  parser_.emplace();
  parser_->body_limit(kMostAnswerBytes);
  http::async_read(*connection_, buffer_, *parser_,
                   [self = shared_from_this()](beast::error_code error, std::size_t) {
                     if (error) return self->fail_with(error, Stage::Exchanging);
                     self->on_answer();
                   });
}

void RequestAttempt::on_answer() {
  const unsigned status = parser_->get().result_int();
  const bool reusable = use_ == ConnectionUse::KeepAlive && parser_->get().keep_alive();
  if (reusable) return done_(status, std::move(connection_));
  done_(status, nullptr);
  await_close();
}

// Whoever closes first keeps the port for a minute. A new connection per request would use up all
// of this machine's ports to one address at some 470 requests per second; so let the server, which
// was asked to, close first.
void RequestAttempt::await_close() {
  connection_->expires_after(kAwaitClose);
  buffer_.clear();
  connection_->async_read_some(
      buffer_.prepare(512),
      [self = shared_from_this()](beast::error_code, std::size_t) { self->connection_.reset(); });
}

void RequestAttempt::fail_with(beast::error_code error, Stage stage) {
  const bool lost = is_connection_lost(error);
  const bool answer_began = buffer_.size() > 0 || (parser_ && parser_->got_some());
  if (reused_ && lost && !answer_began) {
    reused_ = false;
    buffer_.clear();
    return connect();
  }
  FailureKind kind = FailureKind::BadAnswer;
  if (error == beast::error::timeout) {
    kind = FailureKind::Timeout;
  } else if (error == boost::asio::error::connection_refused) {
    kind = FailureKind::ConnectRefused;
  } else if (stage == Stage::Connecting) {
    kind = FailureKind::ConnectFailed;
  } else if (lost) {
    kind = FailureKind::Reset;
  }
  connection_.reset();
  done_(kind, nullptr);
}

}  // namespace evalscaler::workload
