// SPDX-License-Identifier: Apache-2.0
#include "wire/receive_ledger.hpp"

#include <algorithm>
#include <utility>

namespace evalscaler::wire {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

// After so long without a look nothing is known of what came meanwhile: a new beginning.
constexpr std::chrono::seconds kForget{1};
// What the fastest network brings, for how long room that is left will last.
constexpr std::uint64_t kBytesPerMillisecond = 2'000'000;
constexpr milliseconds kSoonest{1};
constexpr milliseconds kLatest{20};
// What is never given on: TLS records and chunk heads (a share), HTTP heads (a rate).
constexpr std::uint64_t kFramingShare = 16;
constexpr std::uint64_t kHeadBytesPerMillisecond = 256;
constexpr std::uint64_t kSlack = std::uint64_t{1} << 20U;

std::uint64_t less(std::uint64_t from, std::uint64_t amount) {
  return from > amount ? from - amount : 0;
}

}  // namespace

// A look before anything is sent: what comes from now on is known to be new.
ReceiveLedger::Allowance::Allowance(ReceiveLedger& ledger, std::size_t max_body, SteadyTime now)
    : ledger_(ledger) {
  const std::lock_guard lock(ledger_.mutex_);
  if (ledger_.forgotten(now)) ledger_.account(ledger_.look_(), now);
  place_ = ledger_.allowed_.insert(max_body);
}

ReceiveLedger::Allowance::~Allowance() {
  const std::lock_guard lock(ledger_.mutex_);
  ledger_.allowed_.erase(place_);
}

void ReceiveLedger::give(std::size_t count) {
  const std::lock_guard lock(mutex_);
  given_ += count + count / kFramingShare;
}

milliseconds ReceiveLedger::look(SteadyTime now) {
  const std::lock_guard lock(mutex_);
  // However many requests wait, one of them looks.
  if (now < due_) return std::chrono::ceil<milliseconds>(due_ - now);
  const std::vector<TcpSocket> sockets = look_();
  account(sockets, now);
  const TcpSocket* worst = held_ > limit() ? fullest(sockets) : nullptr;
  if (worst != nullptr) {
    end_(*worst);
    ++ended_;
    Seen& entry = seen_.at(worst->id);
    held_ = less(held_, std::exchange(entry.since_empty, 0));
  }
  const auto lasts = milliseconds(less(limit(), held_) / kBytesPerMillisecond);
  const milliseconds next = std::clamp(lasts, kSoonest, kLatest);
  due_ = now + next;
  return next;
}

std::uint64_t ReceiveLedger::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

void ReceiveLedger::account(const std::vector<TcpSocket>& sockets, SteadyTime now) {
  const bool known = !forgotten(now);
  std::map<std::uint64_t, Seen> seen;
  std::uint64_t came = 0;
  for (const TcpSocket& socket : sockets) {
    const auto before = seen_.find(socket.id);
    Seen entry{socket.received, 0};
    if (known) {
      // One that was not there at the last look has received all of it since.
      const Seen last = before == seen_.end() ? Seen{} : before->second;
      const std::uint64_t more = less(socket.received, last.received);
      came += more;
      entry.since_empty = last.since_empty + more;
    }
    seen.insert_or_assign(socket.id, entry);
  }
  if (known) {
    const auto passed =
        static_cast<std::uint64_t>(duration_cast<milliseconds>(now - *looked_at_).count());
    held_ = less(held_ + came, given_ + passed * kHeadBytesPerMillisecond);
  } else {
    held_ = 0;
  }
  if (held_ == 0) {
    for (auto& [id, entry] : seen) entry.since_empty = 0;
  }
  seen_ = std::move(seen);
  given_ = 0;
  looked_at_ = now;
}

bool ReceiveLedger::forgotten(SteadyTime now) const {
  return !looked_at_ || now - *looked_at_ >= kForget;
}

std::uint64_t ReceiveLedger::limit() const {
  return (allowed_.empty() ? 0 : *allowed_.rbegin()) + kSlack;
}

const TcpSocket* ReceiveLedger::fullest(const std::vector<TcpSocket>& sockets) const {
  const auto since_empty = [this](const TcpSocket& socket) {
    return seen_.at(socket.id).since_empty;
  };
  const auto worst = std::max_element(
      sockets.begin(), sockets.end(),
      [&](const TcpSocket& a, const TcpSocket& b) { return since_empty(a) < since_empty(b); });
  return worst == sockets.end() || since_empty(*worst) <= limit() ? nullptr : &*worst;
}

ReceiveLedger& receive_ledger() {
  static ReceiveLedger ledger(tcp_sockets, shut_down);
  return ledger;
}

}  // namespace evalscaler::wire
