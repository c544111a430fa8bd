// SPDX-License-Identifier: Apache-2.0
// Exchange: one request in flight, shared by the caller that waits and the library's threads.
//
// Knows nothing of the HTTP library. The library may outlive the caller's patience (a name
// lookup cannot be interrupted), so both own the exchange; after detach() nothing of the
// caller's is touched any more. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "wire/http.hpp"
#include "wire/line_splitter.hpp"
#include "wire/transport_fault.hpp"

namespace evalscaler::wire {

class Exchange {
 public:
  enum class Verdict {
    Running,    // the library has not finished
    Complete,   // the whole answer is there
    Failed,     // see fault()
    TooLarge,   // the answer, or one line of it, is larger than max_body
    SinkEnded,  // the sink has had enough
  };
  enum class Waited { Done, TimedOut, Stopped };

  // `sink` null: the whole body is collected.
  Exchange(std::shared_ptr<Clock> clock, std::string body, std::size_t max_body,
           const LineSink* sink);

  // The library's side.
  // The next part of the request's body, `count` bytes at most; nullopt once detached. The
  // view lives as long as the exchange.
  std::optional<std::string_view> give_body(std::size_t count);
  void take_headers(int status, std::vector<Header> headers);
  bool headers_taken() const;
  // False: no more is wanted, end the transfer.
  bool take_bytes(std::string_view bytes);
  void finish(std::optional<TransportFault> fault);
  void release();  // the library holds nothing of this exchange any more

  // The caller's side. Waits until the library has finished and let go, `deadline` passes or,
  // if `idle` is given, nothing has come for that long.
  Waited wait(SteadyTime deadline, std::optional<std::chrono::milliseconds> idle,
              const std::stop_token& stop);
  // Once this has returned the sink is not called, and no body is given away, any more.
  Verdict detach();
  // All three after detach(). Without a body to watch, nothing is known to be unsent.
  TransportFault fault() const;
  bool known_unsent() const;
  HttpResponse take_response();

 private:
  const std::shared_ptr<Clock> clock_;
  const std::string body_;
  const std::size_t max_body_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  const LineSink* sink_;
  LineSplitter lines_;
  HttpResponse response_;
  TransportFault fault_;
  SteadyTime last_bytes_;
  std::optional<SteadyTime> finished_at_;
  std::size_t body_given_ = 0;
  Verdict verdict_ = Verdict::Running;
  bool headers_taken_ = false;
  bool released_ = false;
  bool detached_ = false;
};

}  // namespace evalscaler::wire
