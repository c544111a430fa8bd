// SPDX-License-Identifier: Apache-2.0
// LoadRun: sends a schedule's requests, each at its own time whether or not earlier ones were
// answered (open loop), to the targets in turn.
//
// Latency and timeout count from the intended send time, also for a request that had to wait for
// a connection: a stalled server cannot hide its stall by slowing the generator down. Ends by
// itself no later than one timeout after the schedule. All work is done on the thread that calls
// run().
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "workload/load/load_options.hpp"
#include "workload/load/load_report.hpp"
#include "workload/load/request_attempt.hpp"

namespace evalscaler::workload {

// Looks up the host of every URL, once (IPv4 where a name has both).
[[nodiscard]] Result<std::vector<LoadTarget>> resolve_targets(const std::vector<HttpUrl>& urls);

class LoadRun {
 public:
  // Progress lines go to `progress`; settings, targets and io must outlive the run.
  LoadRun(boost::asio::io_context& io, const LoadSettings& settings,
          const std::vector<LoadTarget>& targets, std::ostream& progress);

  [[nodiscard]] LoadReport run();

  // Ends the run now; what is under way counts as unfinished. Call on the thread of run(), from a
  // function the io_context runs.
  void interrupt();

 private:
  enum class Start { WhenDue, AfterWaiting };  // for one of the allowed connections
  struct DueRequest {
    std::uint64_t number;
    std::chrono::nanoseconds intended;  // since the run's start
    Start start;
  };
  // A connection that was free since a moment.
  struct IdleConnection {
    Connection connection;
    Instant since;
  };

  void wait_for_next_arrival();
  void take_due_arrivals();
  void send(DueRequest request);
  void on_outcome(DueRequest request, RequestOutcome outcome, Connection reusable);
  void send_waiting();
  [[nodiscard]] Connection take_idle(std::size_t target);
  void show_progress_later();
  void show_progress();
  void finish_if_over();
  [[nodiscard]] std::chrono::nanoseconds elapsed() const { return monotonic_now() - start_; }

  boost::asio::io_context& io_;
  const LoadSettings& settings_;
  const std::vector<LoadTarget>& targets_;
  std::ostream& progress_;
  std::vector<std::string> bodies_;
  ArrivalSequence arrivals_;
  boost::asio::steady_timer arrival_timer_;
  boost::asio::steady_timer progress_timer_;
  Instant start_;
  std::optional<std::chrono::nanoseconds> next_;  // next intended send time
  bool schedule_over_ = false;
  std::uint64_t next_number_ = 0;
  std::size_t open_ = 0;            // requests on a connection
  std::deque<DueRequest> waiting_;  // due, but all connections are busy; oldest first
  std::vector<std::vector<IdleConnection>> idle_;  // by target; most recently used last
  LoadReport report_;
};

}  // namespace evalscaler::workload
