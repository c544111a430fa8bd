// SPDX-License-Identifier: Apache-2.0
// StopSignals: SIGTERM and SIGINT as a stop token.
//
// Made before any other thread, so that all of them leave the signals to this one. A second
// signal, or a stop that takes longer than `patience`, ends the process at once with status 1.
#pragma once

#include <chrono>
#include <stop_token>
#include <thread>

namespace evalscaler::app {

class StopSignals {
 public:
  explicit StopSignals(std::chrono::seconds patience = std::chrono::seconds(5));
  ~StopSignals();  // the stop is complete
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  std::stop_token token() const { return source_.get_token(); }

 private:
  void wait_for_signals(const std::stop_token& over, std::chrono::seconds patience);

  std::stop_source source_;
  std::jthread thread_;
};

}  // namespace evalscaler::app
