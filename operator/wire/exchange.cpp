// SPDX-License-Identifier: Apache-2.0
#include "wire/exchange.hpp"

#include <algorithm>
#include <utility>

namespace evalscaler::wire {
namespace {

// The library lets go of a finished request within microseconds; its connection is in the
// pool from then on. Not worth failing over if it ever should take longer.
constexpr std::chrono::milliseconds kReleaseGrace{200};

}  // namespace

Exchange::Exchange(std::shared_ptr<Clock> clock, std::string body, std::size_t max_body,
                   const LineSink* sink)
    : clock_(std::move(clock)),
      body_(std::move(body)),
      max_body_(max_body),
      sink_(sink),
      lines_(max_body),
      last_bytes_(clock_->steady()) {}

std::optional<std::string_view> Exchange::give_body(std::size_t count) {
  const std::lock_guard lock(mutex_);
  if (detached_) return std::nullopt;
  const std::string_view part = std::string_view(body_).substr(body_given_, count);
  body_given_ += part.size();
  return part;
}

void Exchange::take_headers(int status, std::vector<Header> headers) {
  const std::lock_guard lock(mutex_);
  response_.status = status;
  response_.headers = std::move(headers);
  headers_taken_ = true;
  last_bytes_ = clock_->steady();
}

bool Exchange::headers_taken() const {
  const std::lock_guard lock(mutex_);
  return headers_taken_;
}

bool Exchange::take_bytes(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (detached_ || verdict_ != Verdict::Running) return false;
  last_bytes_ = clock_->steady();
  if (sink_ != nullptr && response_.status == 200) {
    switch (lines_.feed(bytes, *sink_)) {
      case LineSplitter::Took::All:
        return true;
      case LineSplitter::Took::Stopped:
        verdict_ = Verdict::SinkEnded;
        return false;
      case LineSplitter::Took::TooLong:
        verdict_ = Verdict::TooLarge;
        return false;
    }
  }
  const std::size_t room = max_body_ - response_.body.size();
  response_.body += bytes.substr(0, room);
  if (bytes.size() <= room) return true;
  verdict_ = Verdict::TooLarge;
  return false;
}

void Exchange::finish(std::optional<TransportFault> fault) {
  const std::lock_guard lock(mutex_);
  finished_at_ = clock_->steady();
  changed_.notify_all();
  if (verdict_ != Verdict::Running) return;  // we ended the transfer: the fault is our doing
  verdict_ = fault ? Verdict::Failed : Verdict::Complete;
  if (fault) fault_ = *std::move(fault);
}

void Exchange::release() {
  const std::lock_guard lock(mutex_);
  released_ = true;
  changed_.notify_all();
}

Exchange::Waited Exchange::wait(SteadyTime deadline, std::optional<std::chrono::milliseconds> idle,
                                const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  // Bytes do not wake the waiter: a busy stream would cost it a switch per piece.
  const auto limit = [&] {
    if (finished_at_) return *finished_at_ + kReleaseGrace;
    return idle ? std::min(deadline, last_bytes_ + *idle) : deadline;
  };
  for (;;) {
    const bool draining = finished_at_.has_value();
    clock_->wait(changed_, lock, limit(), stop,
                 [&] { return finished_at_ && (released_ || !draining); });
    if (finished_at_ && released_) return Waited::Done;
    if (stop.stop_requested()) return finished_at_ ? Waited::Done : Waited::Stopped;
    if (clock_->steady() >= limit()) return finished_at_ ? Waited::Done : Waited::TimedOut;
  }
}

Exchange::Verdict Exchange::detach() {
  const std::lock_guard lock(mutex_);
  detached_ = true;
  sink_ = nullptr;
  return verdict_;
}

TransportFault Exchange::fault() const {
  const std::lock_guard lock(mutex_);
  return fault_;
}

bool Exchange::known_unsent() const {
  const std::lock_guard lock(mutex_);
  return !body_.empty() && body_given_ == 0;
}

HttpResponse Exchange::take_response() {
  const std::lock_guard lock(mutex_);
  return std::move(response_);
}

}  // namespace evalscaler::wire
