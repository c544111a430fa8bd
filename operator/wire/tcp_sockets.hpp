// SPDX-License-Identifier: Apache-2.0
// The TCP sockets of this process as the kernel counts them.
//
// Linux only: /proc/self/fd and TCP_INFO. Where /proc cannot be read there are none.
#pragma once

#include <cstdint>
#include <vector>

namespace evalscaler::wire {

struct TcpSocket {
  std::uint64_t id = 0;        // the kernel's cookie for it, never given out again
  int descriptor = -1;         // when it was looked at; it may be another one's by now
  std::uint64_t received = 0;  // bytes of payload, since it was connected
};

std::vector<TcpSocket> tcp_sockets();

// Ends both directions of that socket, so that whoever reads it finds its end. Does nothing
// if the descriptor has become another socket's.
void shut_down(const TcpSocket& socket);

}  // namespace evalscaler::wire
