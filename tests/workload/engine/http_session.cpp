// SPDX-License-Identifier: Apache-2.0
#include "workload/engine/http_session.hpp"

#include <array>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <string>
#include <utility>

namespace evalscaler::workload {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;

constexpr std::uint32_t kMostHeaderBytes = 8 * 1024;

std::string_view to_view(beast::string_view text) {
  return {text.data(), text.size()};
}

HttpAnswer plain_refusal(unsigned status, std::string message) {
  HttpAnswer answer;
  answer.status = status;
  answer.body = to_error_json({"", std::move(message)});
  return answer;
}

}  // namespace

HttpSession::HttpSession(tcp::socket socket, EngineRoutes& routes, SessionLimits limits,
                         std::shared_ptr<void> slot)
    : stream_(std::move(socket)), routes_(routes), limits_(limits), slot_(std::move(slot)) {}

void HttpSession::start() {
  boost::asio::dispatch(stream_.get_executor(),
                        beast::bind_front_handler(&HttpSession::read_header, shared_from_this()));
}

void HttpSession::read_header() {
  parser_.emplace();
  parser_->header_limit(kMostHeaderBytes);
  parser_->body_limit(kMostBodyBytes);
  stream_.expires_after(limits_.header);
  http::async_read_header(stream_, buffer_, *parser_,
                          [self = shared_from_this()](beast::error_code error, std::size_t) {
                            self->on_header(error);
                          });
}

void HttpSession::on_header(beast::error_code error) {
  if (error) return refuse(error);
  if (beast::iequals(parser_->get()[http::field::expect], "100-continue")) {
    return write_continue();
  }
  read_body();
}

// Clients with a large body wait for this line, and some for ever.
void HttpSession::write_continue() {
  response_.emplace(http::status::continue_, parser_->get().version());
  stream_.expires_after(limits_.write);
  http::async_write(stream_, *response_,
                    [self = shared_from_this()](beast::error_code error, std::size_t) {
                      if (!error) self->read_body();
                    });
}

void HttpSession::read_body() {
  stream_.expires_after(limits_.body);
  http::async_read(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](beast::error_code error, std::size_t) { self->on_body(error); });
}

void HttpSession::on_body(beast::error_code error) {
  if (error) return refuse(error);
  stream_.expires_never();  // an evaluation has its own bounds
  auto& request = parser_->get();
  HttpQuestion question{std::string(request.method_string()), std::string(request.target()),
                        std::move(request.body())};
  const After after = request.keep_alive() ? After::ReadNext : After::Close;
  routes_.answer(std::move(question), [self = shared_from_this(), after](HttpAnswer answer) {
    // Workers answer from their own threads: back to this connection's strand.
    boost::asio::post(self->stream_.get_executor(),
                      [self, after, answer = std::move(answer)]() mutable {
                        self->write(std::move(answer), after);
                      });
  });
}

void HttpSession::refuse(beast::error_code error) {
  if (error == http::error::body_limit) {
    const auto& request = parser_->get();
    return write(routes_.refuse_body(to_view(request.method_string()), to_view(request.target())),
                 After::Close);
  }
  if (error == http::error::header_limit) {
    return write(plain_refusal(431, "the request's header is larger than 8 KiB"), After::Close);
  }
  const bool malformed =
      error.category() == http::make_error_code(http::error::bad_method).category();
  if (!malformed || error == http::error::end_of_stream || error == http::error::partial_message) {
    return;  // gone, reset or too slow: nobody is left to tell
  }
  write(plain_refusal(400, "the request is not HTTP/1.1: " + error.message()), After::Close);
}

void HttpSession::write(HttpAnswer answer, After after) {
  if (routes_.is_draining()) after = After::Close;
  const auto& request = parser_->get();
  response_.emplace(static_cast<http::status>(answer.status), request.version());
  response_->set(http::field::server, "evaluation-engine");
  response_->set(http::field::content_type, answer.content_type);
  for (const HttpField& field : answer.fields) response_->set(field.name, field.value);
  response_->keep_alive(after == After::ReadNext);
  response_->content_length(answer.body.size());
  // The answer to HEAD has the length of the body it leaves out.
  if (request.method() != http::verb::head) response_->body() = std::move(answer.body);
  in_flight_ = std::move(answer.in_flight);
  stream_.expires_after(limits_.write);
  http::async_write(stream_, *response_,
                    [self = shared_from_this(), after](beast::error_code error, std::size_t) {
                      self->on_written(error, after);
                    });
}

void HttpSession::on_written(beast::error_code error, After after) {
  in_flight_.reset();
  if (error) return;
  if (after == After::Close) return close_gently();
  read_header();
}

// Closing a socket that still has unread bytes resets the connection, and the reset can overtake
// the answer on its way. So: say that no more will be sent, and read what the client still sends.
void HttpSession::close_gently() {
  beast::error_code ignored;
  stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  stream_.expires_after(limits_.linger);
  discard_rest();
}

void HttpSession::discard_rest() {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(16 * 1024),
                          [self = shared_from_this()](beast::error_code error, std::size_t) {
                            if (!error) self->discard_rest();
                          });
}

}  // namespace evalscaler::workload
