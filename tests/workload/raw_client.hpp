// SPDX-License-Identifier: Apache-2.0
// RawClient: one blocking TCP connection for tests that care about single bytes.
//
// Every read gives up after ten seconds, so that a missing answer fails a test instead of
// hanging it. Not thread-safe.
#pragma once

#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace evalscaler::workload {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(io_) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), port}, error_);
    set_patience(std::chrono::seconds(10));
  }

  void set_patience(std::chrono::milliseconds patience) {
    timeval limit{};
    limit.tv_sec = patience.count() / 1000;
    limit.tv_usec = patience.count() % 1000 * 1000;
    setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }

  void send(std::string_view bytes) {
    boost::asio::write(socket_, boost::asio::buffer(bytes.data(), bytes.size()), error_);
  }

  // Whatever comes next; empty at the end of the connection or of the patience.
  std::string read_some() {
    std::array<char, 4096> buffer{};
    const ssize_t count = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), 0);
    return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : std::string();
  }

  std::string read_until(std::string_view end) {
    std::string text;
    while (text.find(end) == std::string::npos) {
      const std::string more = read_some();
      if (more.empty()) break;
      text += more;
    }
    return text;
  }

  // Everything until the server closes.
  std::string read_all() { return read_until(std::string_view("\0none", 5)); }

  void close() { socket_.close(error_); }

 private:
  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_;
  boost::system::error_code error_;
};

// The whole answer to one GET on a connection of its own.
inline std::string fetch(std::uint16_t port, const std::string& path) {
  RawClient client(port);
  client.send("GET " + path + " HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n");
  return client.read_all();
}

}  // namespace evalscaler::workload
