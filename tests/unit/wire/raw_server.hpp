// SPDX-License-Identifier: Apache-2.0
// RawServer: a TCP server on a free loopback port whose every byte the test writes itself.
//
// Each accepted connection runs the next script in a thread of its own; the destructor cuts
// all connections and joins. A read that finds the connection closed returns nothing.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace evalscaler::wire {

class RawConnection {
 public:
  explicit RawConnection(int descriptor) : descriptor_(descriptor) {}
  int descriptor() const { return descriptor_; }

  // Head and, by its Content-Length, body of the next request.
  std::optional<std::string> read_request() {
    std::size_t wanted = std::string::npos;
    while (received_.size() < wanted) {
      if (const std::size_t end = received_.find("\r\n\r\n"); end != std::string::npos) {
        wanted = end + 4 + content_length(received_.substr(0, end));
        if (received_.size() >= wanted) break;
      }
      if (!read_more()) return std::nullopt;
    }
    std::string request = received_.substr(0, wanted);
    received_.erase(0, wanted);
    return request;
  }

  bool write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  bool answer(std::string_view body, std::string_view status = "200 OK",
              std::string_view headers = "") {
    return write("HTTP/1.1 " + std::string(status) + "\r\n" + std::string(headers) +
                 "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
  }
  bool start_chunks(std::string_view status = "200 OK") {
    return write("HTTP/1.1 " + std::string(status) + "\r\nTransfer-Encoding: chunked\r\n\r\n");
  }
  bool chunk(std::string_view text) {
    char size[16];
    const auto end = std::to_chars(size, size + sizeof size, text.size(), 16).ptr;
    return write(std::string(size, end) + "\r\n" + std::string(text) + "\r\n");
  }

  void finish() { ::shutdown(descriptor_, SHUT_WR); }
  // The peer gets RST instead of FIN.
  void reset() {
    const linger now{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(std::exchange(descriptor_, -1));
  }
  void wait_until_closed() {
    while (read_more()) {
    }
  }
  // Paces a script: true if the peer closed within the time.
  bool closed_within(int milliseconds) {
    pollfd watched{descriptor_, POLLIN | POLLRDHUP, 0};
    return ::poll(&watched, 1, milliseconds) > 0;
  }

 private:
  static std::size_t content_length(std::string_view head) {
    constexpr std::string_view kName = "Content-Length:";
    const std::size_t at = head.find(kName);
    std::size_t length = 0;
    if (at == std::string_view::npos) return length;
    const char* digits = head.data() + at + kName.size();
    std::from_chars(digits, head.data() + head.size(), length);
    return length;
  }
  bool read_more() {
    char part[4096];
    const ssize_t got = ::recv(descriptor_, part, sizeof part, 0);
    if (got <= 0) return false;
    received_.append(part, static_cast<std::size_t>(got));
    return true;
  }

  int descriptor_;
  std::string received_;
};

class RawServer {
 public:
  using Script = std::function<void(RawConnection&)>;

  explicit RawServer(std::vector<Script> scripts) : scripts_(std::move(scripts)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback();
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    ::listen(listener_, 64);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~RawServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (const auto& connection : connections_) {
      const int descriptor = connection->descriptor.load();
      if (descriptor >= 0) ::shutdown(descriptor, SHUT_RDWR);
    }
    for (const auto& connection : connections_) connection->thread.join();
    ::close(listener_);
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::size_t connections() const { return accepted_.load(); }

  static sockaddr_in loopback() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  // A port that was free a moment ago: connecting to it is refused.
  static std::uint16_t closed_port() { return RawServer({}).port(); }

 private:
  struct Connection {
    std::atomic<int> descriptor{-1};
    std::thread thread;
  };

  void accept_all() {
    for (std::size_t i = 0;; ++i) {
      const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (descriptor < 0) return;
      ++accepted_;
      auto connection = std::make_unique<Connection>();
      connection->descriptor = descriptor;
      Connection& owned = *connection;
      connection->thread = std::thread([this, i, descriptor, &owned] {
        RawConnection raw(descriptor);
        if (!scripts_.empty()) scripts_[std::min(i, scripts_.size() - 1)](raw);
        owned.descriptor = -1;
        if (raw.descriptor() >= 0) ::close(raw.descriptor());
      });
      connections_.push_back(std::move(connection));
    }
  }

  std::vector<Script> scripts_;
  std::vector<std::unique_ptr<Connection>> connections_;  // the acceptor's until it has ended
  std::atomic<std::size_t> accepted_{0};
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread acceptor_;
};

}  // namespace evalscaler::wire
