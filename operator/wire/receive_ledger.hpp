// SPDX-License-Identifier: Apache-2.0
// ReceiveLedger: bounds what the HTTP library has received and nobody has been given yet.
//
// The library reads a whole chunk, or a whole head, into memory before anyone sees a byte of
// it, and many servers write an answer as one chunk. So the kernel's count of what came in is
// compared with what was given on; the difference is held somewhere. When that, and what one
// connection brought of it, is more than any request in flight may take, it is ended.
//
// What is not payload (heads, TLS, requests to our own servers) is never given on; it is
// allowed for as a share and a rate. Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "core/clock.hpp"
#include "wire/tcp_sockets.hpp"

namespace evalscaler::wire {

class ReceiveLedger {
 public:
  using Look = std::function<std::vector<TcpSocket>()>;
  using End = std::function<void(const TcpSocket&)>;

  ReceiveLedger(Look look, End end) : look_(std::move(look)), end_(std::move(end)) {}

  // A request in flight whose answer may be `max_body` bytes; ends with the object.
  class Allowance {
   public:
    Allowance(ReceiveLedger& ledger, std::size_t max_body, SteadyTime now);
    ~Allowance();
    Allowance(const Allowance&) = delete;
    Allowance& operator=(const Allowance&) = delete;

   private:
    ReceiveLedger& ledger_;
    std::multiset<std::size_t>::iterator place_;
  };

  // `count` bytes of an answer have left the library.
  void give(std::size_t count);

  // Looks at the sockets, ends one if need be, and says how long until the next look.
  std::chrono::milliseconds look(SteadyTime now);
  std::uint64_t ended() const;  // how many so far

 private:
  struct Seen {
    std::uint64_t received = 0;
    std::uint64_t since_empty = 0;  // came in since nothing was held
  };
  void account(const std::vector<TcpSocket>& sockets, SteadyTime now);
  bool forgotten(SteadyTime now) const;
  std::uint64_t limit() const;
  const TcpSocket* fullest(const std::vector<TcpSocket>& sockets) const;

  const Look look_;
  const End end_;
  mutable std::mutex mutex_;
  std::multiset<std::size_t> allowed_;
  std::map<std::uint64_t, Seen> seen_;
  std::uint64_t given_ = 0;  // since the last look
  std::uint64_t held_ = 0;
  std::uint64_t ended_ = 0;
  std::optional<SteadyTime> looked_at_;
  SteadyTime due_{};  // the next look
};

// The one of this process.
ReceiveLedger& receive_ledger();

}  // namespace evalscaler::wire
