// SPDX-License-Identifier: Apache-2.0
#include "wire/redis_connection.hpp"

#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "core/text.hpp"
#include "wire/redis_decoder.hpp"

namespace evalscaler::wire {
namespace {

using PollEvents = decltype(pollfd::events);

using std::chrono::milliseconds;

constexpr std::size_t kMaxAnswer = std::size_t{64} << 20U;

// Wakes poll() when stop is requested; a signal that is no socket cannot be confused with one.
class StopSignal {
 public:
  explicit StopSignal(const std::stop_token& stop)
      : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), callback_(stop, Wake{fd_}) {}
  ~StopSignal() { ::close(fd_); }
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  int fd() const { return fd_; }

 private:
  struct Wake {
    int fd;
    void operator()() const {
      const std::uint64_t one = 1;
      [[maybe_unused]] const auto written = ::write(fd, &one, sizeof one);
    }
  };
  int fd_;
  std::stop_callback<Wake> callback_;
};

struct ContextEnd {
  void operator()(redisContext* context) const { redisFree(context); }
};
using Context = std::unique_ptr<redisContext, ContextEnd>;

// Every occurrence of the password disappears: a server echoes the arguments of commands that
// it does not know.
void redact(std::string& text, const std::string& secret) {
  if (secret.empty()) return;
  for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
    text.replace(at, secret.size(), "***");
    at += 3;
  }
}

class HiredisConnection final : public RedisConnection {
 public:
  HiredisConnection(RedisAddress address, const RedisAccess& access, const Clock& clock)
      : address_(std::move(address)), access_(access), clock_(clock) {}

  Result<std::vector<RedisReply>> pipeline(const std::vector<RedisCommand>& commands,
                                           const std::stop_token& stop) override {
    if (stop.stop_requested()) return fault(ErrorKind::Cancelled, "stopped");
    const StopSignal signal(stop);
    if (!context_) EVALSCALER_TRY(connect(signal));
    return exchange(commands, signal);
  }

 private:
  Error fault(ErrorKind kind, std::string_view what) const {
    return fail(kind, "redis " + to_text(address_) + ": " + one_line(what, 200));
  }
  Error lost(ErrorKind kind, std::string_view what) {
    context_.reset();
    return fault(kind, what);
  }

  Result<void> connect(const StopSignal& signal) {
    context_.reset(redisConnectNonBlock(address_.host.c_str(), address_.port));
    if (!context_) return fault(ErrorKind::Unavailable, "out of memory");
    if (context_->err != 0) return lost(ErrorKind::Unavailable, context_->errstr);
    use_decoder(*context_->reader);
    const SteadyTime deadline = clock_.steady() + access_.connect_timeout;
    const auto ready = wait_for(POLLOUT, deadline, signal);
    if (!ready) return lost(kind_before_sending(ready.error()), ready.error().message);
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(context_->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return lost(ErrorKind::Unavailable, std::strerror(error));
    return authenticate(signal);
  }

  static ErrorKind kind_before_sending(const Error& error) {
    return error.kind == ErrorKind::Cancelled ? ErrorKind::Cancelled : ErrorKind::Unavailable;
  }

  Result<void> authenticate(const StopSignal& signal) {
    if (access_.password.empty()) return {};
    RedisCommand command{"AUTH"};
    if (!access_.user.empty()) command.push_back(access_.user);
    command.push_back(access_.password);
    auto reply = exchange({command}, signal);
    // Logging in changes nothing: whatever happened, no command of the caller was executed.
    if (!reply) return fail(kind_before_sending(reply.error()), reply.error().message);
    if (!reply->front().is_error()) return {};
    const RedisFault why = redis_fault(reply->front().text);
    if (why == RedisFault::Loading || why == RedisFault::Busy) {
      return lost(ErrorKind::Unavailable, to_text(why));
    }
    // The server's words may quote what was sent to it.
    return lost(ErrorKind::Forbidden,
                "refuses user and password (" +
                    std::string(reply->front().text, 0, reply->front().text.find(' ')) + ")");
  }

  Result<std::vector<RedisReply>> exchange(const std::vector<RedisCommand>& commands,
                                           const StopSignal& signal) {
    const SteadyTime deadline = clock_.steady() + access_.command_timeout;
    for (const RedisCommand& command : commands) append(command);
    std::vector<RedisReply> replies;
    replies.reserve(commands.size());
    bool flushed = false;
    while (replies.size() < commands.size()) {
      const auto ready =
          wait_for(static_cast<PollEvents>(flushed ? POLLIN : POLLIN | POLLOUT), deadline, signal);
      if (!ready) return lost(ready.error().kind, ready.error().message);
      if (*ready & POLLOUT) EVALSCALER_TRY(write(flushed));
      if (*ready & (POLLIN | POLLERR | POLLHUP)) EVALSCALER_TRY(read(replies));
    }
    return replies;
  }

  void append(const RedisCommand& command) {
    std::vector<const char*> words;
    std::vector<std::size_t> sizes;
    for (const std::string& word : command) {
      words.push_back(word.data());
      sizes.push_back(word.size());
    }
    redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), words.data(),
                           sizes.data());
  }

  Result<void> write(bool& flushed) {
    int done = 0;
    if (redisBufferWrite(context_.get(), &done) != REDIS_OK) return broken();
    flushed = done != 0;
    return {};
  }

  Result<void> read(std::vector<RedisReply>& replies) {
    if (redisBufferRead(context_.get()) != REDIS_OK) return broken();
    // What was read before stays buffered until its reply is whole; that is what is limited.
    if (context_->reader->len > kMaxAnswer) {
      return lost(ErrorKind::Invalid, "the answer is larger than 64 MiB");
    }
    for (;;) {
      void* reply = nullptr;
      if (redisGetReplyFromReader(context_.get(), &reply) != REDIS_OK) return broken();
      if (reply == nullptr) return {};
      replies.push_back(take_decoded(reply));
      redact_all(replies.back());
    }
  }

  void redact_all(RedisReply& reply) const {
    if (reply.is_error()) redact(reply.text, access_.password);
    for (RedisReply& item : reply.items) redact_all(item);
  }

  Error broken() {
    const bool no_resp = context_->err == REDIS_ERR_PROTOCOL || context_->err == REDIS_ERR_OOM;
    return lost(no_resp ? ErrorKind::Invalid : ErrorKind::OutcomeUnknown,
                std::string(context_->errstr));
  }

  // Which of `events` came to pass.
  Result<PollEvents> wait_for(PollEvents events, SteadyTime deadline, const StopSignal& signal) {
    for (;;) {
      const auto left = std::chrono::ceil<milliseconds>(deadline - clock_.steady());
      pollfd watched[2] = {{context_->fd, events, 0}, {signal.fd(), POLLIN, 0}};
      const int count =
          ::poll(watched, 2, static_cast<int>(std::max<milliseconds::rep>(left.count(), 0)));
      if (watched[1].revents != 0) return fail(ErrorKind::Cancelled, "stopped");
      if (count > 0 && watched[0].revents != 0) return watched[0].revents;
      if (count < 0 && errno != EINTR) return fail(ErrorKind::OutcomeUnknown, "poll failed");
      if (clock_.steady() >= deadline) {
        return fail(ErrorKind::OutcomeUnknown, "no answer in time");
      }
    }
  }

  RedisAddress address_;
  const RedisAccess& access_;
  const Clock& clock_;
  Context context_;
};

class HiredisConnector final : public RedisConnector {
 public:
  HiredisConnector(RedisAccess access, const Clock& clock)
      : access_(std::move(access)), clock_(clock) {}
  std::unique_ptr<RedisConnection> open(const RedisAddress& address) const override {
    return std::make_unique<HiredisConnection>(address, access_, clock_);
  }
  const RedisAccess& access() const override { return access_; }

 private:
  RedisAccess access_;
  const Clock& clock_;
};

}  // namespace

std::string to_text(const RedisAddress& address) {
  const bool literal6 = address.host.find(':') != std::string::npos;
  return (literal6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

Result<RedisReply> RedisConnection::send(const RedisCommand& command, const std::stop_token& stop) {
  auto replies = pipeline({command}, stop);
  if (!replies) return replies.error();
  return std::move(replies->front());
}

std::unique_ptr<RedisConnector> make_redis_connector(RedisAccess access, const Clock& clock) {
  return std::make_unique<HiredisConnector>(std::move(access), clock);
}

}  // namespace evalscaler::wire
