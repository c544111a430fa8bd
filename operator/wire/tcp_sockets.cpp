// SPDX-License-Identifier: Apache-2.0
#include "wire/tcp_sockets.hpp"

#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

namespace evalscaler::wire {
namespace {

std::optional<std::uint64_t> cookie_of(int descriptor) {
  std::uint64_t cookie = 0;
  socklen_t size = sizeof cookie;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &cookie, &size) != 0) return std::nullopt;
  return cookie;
}

std::optional<TcpSocket> look_at(int descriptor) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  const auto id = cookie_of(descriptor);
  if (!id) return std::nullopt;
  return TcpSocket{*id, descriptor, info.tcpi_bytes_received};
}

}  // namespace

std::vector<TcpSocket> tcp_sockets() {
  std::vector<TcpSocket> found;
  std::error_code problem;
  std::filesystem::directory_iterator entry("/proc/self/fd", problem);
  for (; !problem && entry != std::filesystem::directory_iterator(); entry.increment(problem)) {
    const std::string name = entry->path().filename().string();
    int descriptor = -1;
    if (std::from_chars(name.data(), name.data() + name.size(), descriptor).ec != std::errc{}) {
      continue;
    }
    if (const auto socket = look_at(descriptor)) found.push_back(*socket);
  }
  return found;
}

void shut_down(const TcpSocket& socket) {
  // A duplicate cannot become another socket's between the look and the deed.
  const int own = ::fcntl(socket.descriptor, F_DUPFD_CLOEXEC, 0);
  if (own < 0) return;
  if (cookie_of(own) == socket.id) {
    // The peer may be waiting for room that nobody will make any more: once the reader has
    // found the end and closes, it is told by a reset.
    const linger at_once{1, 0};
    static_cast<void>(::setsockopt(own, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
    static_cast<void>(::shutdown(own, SHUT_RDWR));
  }
  ::close(own);
}

}  // namespace evalscaler::wire
