// SPDX-License-Identifier: Apache-2.0
#include "workload/engine/engine_server.hpp"

#include <boost/asio/dispatch.hpp>
#include <utility>

#include "workload/clock.hpp"

namespace evalscaler::workload {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kIoThreads = 2;
constexpr std::chrono::milliseconds kRetryAccept{20};
constexpr std::chrono::milliseconds kDrainPoll{10};

}  // namespace

EngineServer::EngineServer(const EngineSettings& settings)
    : settings_(settings),
      strand_(boost::asio::make_strand(io_)),
      acceptor_(strand_),
      accept_timer_(strand_),
      drain_timer_(strand_),
      connections_(std::make_shared<std::atomic<std::size_t>>(0)),
      metrics_(wall_seconds()),
      pool_(std::make_unique<WorkerPool>(settings.pool)),
      routes_(*pool_, metrics_, settings.work) {}

EngineServer::~EngineServer() {
  io_.stop();
  threads_.clear();
  pool_.reset();
}

Result<std::unique_ptr<EngineServer>> EngineServer::start(const EngineSettings& settings) {
  std::unique_ptr<EngineServer> server(new EngineServer(settings));
  if (const error_code error = server->listen()) {
    return fail(ErrorKind::Unavailable, "cannot listen on " + settings.address + ":" +
                                            std::to_string(settings.port) + ": " + error.message());
  }
  server->run();
  return server;
}

error_code EngineServer::listen() {
  error_code error;
  const auto address = boost::asio::ip::make_address(settings_.address, error);
  if (error) return error;
  const tcp::endpoint endpoint(address, settings_.port);
  if (acceptor_.open(endpoint.protocol(), error)) return error;
  if (acceptor_.set_option(tcp::acceptor::reuse_address(true), error)) return error;
  if (acceptor_.bind(endpoint, error)) return error;
  if (acceptor_.listen(boost::asio::socket_base::max_listen_connections, error)) return error;
  port_ = acceptor_.local_endpoint(error).port();
  return error;
}

void EngineServer::run() {
  boost::asio::dispatch(strand_, [this] { accept(); });
  threads_.reserve(kIoThreads);
  for (std::size_t made = 0; made < kIoThreads; ++made) {
    threads_.emplace_back([this] { io_.run(); });
  }
}

std::string EngineServer::endpoint_text() const {
  const bool v6 = settings_.address.find(':') != std::string::npos;
  return (v6 ? "[" + settings_.address + "]" : settings_.address) + ":" + std::to_string(port_);
}

void EngineServer::accept() {
  // At the limit new clients wait in the kernel's backlog until a session ends; the session
  // limits see to it that one does.
  if (*connections_ >= settings_.most_connections) return accept_later(kRetryAccept);
  acceptor_.async_accept(
      boost::asio::make_strand(io_), [this](error_code error, tcp::socket socket) {
        if (!acceptor_.is_open()) return;
        if (error) return accept_later(kRetryAccept);  // out of descriptors: not for ever
        socket.set_option(tcp::no_delay(true), error);
        ++*connections_;
        const std::shared_ptr<void> slot(nullptr, [open = connections_](void*) { --*open; });
        std::make_shared<HttpSession>(std::move(socket), routes_, settings_.limits, slot)->start();
        accept();
      });
}

void EngineServer::accept_later(std::chrono::milliseconds delay) {
  accept_timer_.expires_after(delay);
  accept_timer_.async_wait([this](error_code error) {
    if (!error && acceptor_.is_open()) accept();
  });
}

void EngineServer::drain() {
  boost::asio::dispatch(strand_, [this] {
    if (routes_.is_draining()) return;
    routes_.start_draining();
    drain_timer_.expires_after(settings_.drain);
    drain_timer_.async_wait([this](error_code error) {
      if (error) return;
      acceptor_.close(error);
      accept_timer_.cancel();
      finish_requests(std::chrono::duration_cast<std::chrono::milliseconds>(kMostWorkPerRequest));
    });
  });
}

void EngineServer::finish_requests(std::chrono::milliseconds left) {
  const bool idle = metrics_.in_flight() == 0;
  if (idle || left <= std::chrono::milliseconds(0)) {
    outcome_ = idle ? DrainOutcome::Finished : DrainOutcome::GaveUp;
    return io_.stop();
  }
  drain_timer_.expires_after(kDrainPoll);
  drain_timer_.async_wait([this, left](error_code error) {
    if (!error) finish_requests(left - kDrainPoll);
  });
}

DrainOutcome EngineServer::wait() {
  threads_.clear();
  return outcome_;
}

}  // namespace evalscaler::workload
