// SPDX-License-Identifier: Apache-2.0
#include "wire/pooled_socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <cerrno>

namespace evalscaler::wire {
namespace {

using Socket = boost::asio::ip::tcp::socket;
using TlsStream = boost::asio::ssl::stream<Socket&>;

void set_option(int descriptor, int level, int name, int value) {
  // A refusal costs the early notice of a dead peer, not the connection.
  static_cast<void>(::setsockopt(descriptor, level, name, &value, sizeof value));
}

// A dead peer is noticed within 30 s, idle or not.
void keep_alive(int descriptor) {
  set_option(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, 15);
  set_option(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, 5);
  set_option(descriptor, IPPROTO_TCP, TCP_KEEPCNT, 3);
  set_option(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, 30'000);
  set_option(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
}

// Closing the socket takes back what the network has not delivered yet, also when the process
// is killed: else the kernel would go on sending a dead leader's request for minutes.
void forget_when_closed(int descriptor) {
  const linger nothing{1, 0};
  static_cast<void>(::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &nothing, sizeof nothing));
}

// Between requests a healthy server has nothing to say: a FIN, a TLS alert or a stray byte
// all mean that the next request would be lost.
void refuse_stale(int descriptor) {
  char byte = 0;
  const ssize_t got = ::recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  const bool quiet = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  if (!quiet) throw StaleConnection{};
}

int socket_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

// The descriptor exists only from the connect on; the handshake is the next thing we hear of.
void at_handshake(const SSL* ssl, int where, int /*result*/) {
  if ((where & SSL_CB_HANDSHAKE_START) == 0) return;
  auto* socket = static_cast<Socket*>(SSL_get_ex_data(ssl, socket_index()));
  if (socket == nullptr) return;
  keep_alive(socket->native_handle());
  forget_when_closed(socket->native_handle());
}

}  // namespace

void prepare_plain_socket(void* socket) {
  auto& plain = *static_cast<Socket*>(socket);
  if (!plain.is_open()) return;
  refuse_stale(plain.native_handle());
  keep_alive(plain.native_handle());
}

void prepare_tls_socket(void* stream) {
  auto& tls = *static_cast<TlsStream*>(stream);
  Socket& socket = tls.next_layer();
  if (socket.is_open()) return refuse_stale(socket.native_handle());
  SSL* ssl = tls.native_handle();
  if (SSL_set_ex_data(ssl, socket_index(), &socket) == 1) SSL_set_info_callback(ssl, at_handshake);
}

}  // namespace evalscaler::wire
