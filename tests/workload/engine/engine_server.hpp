// SPDX-License-Identifier: Apache-2.0
// EngineServer: the running engine: a listener, two threads for all connections, and the worker
// pool.
//
// drain() is safe from any thread. Destroying it ends everything at once.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/result.hpp"
#include "workload/engine/engine_metrics.hpp"
#include "workload/engine/engine_routes.hpp"
#include "workload/engine/http_session.hpp"
#include "workload/engine/worker_pool.hpp"

namespace evalscaler::workload {

struct EngineSettings {
  std::string address = "0.0.0.0";  // a number, never a name
  std::uint16_t port = 8080;        // 0 = any free one
  WorkerPool::Size pool{4, 100};
  WorkPerItem work;
  std::chrono::milliseconds drain = std::chrono::seconds(1);
  std::size_t most_connections = 1024;
  SessionLimits limits = {};
};

enum class DrainOutcome { Finished, GaveUp };

class EngineServer {
 public:
  [[nodiscard]] static Result<std::unique_ptr<EngineServer>> start(const EngineSettings& settings);
  ~EngineServer();
  EngineServer(const EngineServer&) = delete;
  EngineServer& operator=(const EngineServer&) = delete;

  // "0.0.0.0:8080", with the port that was really taken.
  [[nodiscard]] std::string endpoint_text() const;
  [[nodiscard]] std::uint16_t port() const { return port_; }

  // Not ready from now on, and every answer ends its connection. New connections are still taken
  // for settings.drain, because load balancers hear of it only then. After that the listener
  // closes, and what is queued or running is finished, for at most kMostWorkPerRequest.
  void drain();

  // Returns once draining is over.
  [[nodiscard]] DrainOutcome wait();

 private:
  explicit EngineServer(const EngineSettings& settings);
  [[nodiscard]] boost::system::error_code listen();
  void run();
  void accept();
  void accept_later(std::chrono::milliseconds delay);
  void finish_requests(std::chrono::milliseconds left);

  const EngineSettings settings_;
  boost::asio::io_context io_;
  boost::asio::strand<boost::asio::io_context::executor_type> strand_;  // acceptor, both timers
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer accept_timer_;
  boost::asio::steady_timer drain_timer_;
  std::uint16_t port_ = 0;
  std::shared_ptr<std::atomic<std::size_t>> connections_;
  std::atomic<DrainOutcome> outcome_ = DrainOutcome::Finished;
  EngineMetrics metrics_;
  std::unique_ptr<WorkerPool> pool_;  // ends before the routes its jobs use
  EngineRoutes routes_;
  std::vector<std::jthread> threads_;
};

}  // namespace evalscaler::workload
