// SPDX-License-Identifier: Apache-2.0
// What is done to the HTTP library's sockets before each request: keep-alive is switched on,
// a pooled connection that the server has already given up is found out, and (https) nothing
// is delivered any more after the socket was closed.
//
// The library shows its stream objects through an untyped pointer (set_nativehandle_options):
// `tcp::socket*` for http, `ssl::stream<tcp::socket&>*` for https. Called by its threads.
#pragma once

#include <exception>

namespace evalscaler::wire {

// Thrown into the library, and out of its task again: nothing was sent, try the next one.
struct StaleConnection : std::exception {
  const char* what() const noexcept override { return "the pooled connection is closed"; }
};

void prepare_plain_socket(void* socket);
void prepare_tls_socket(void* stream);

}  // namespace evalscaler::wire
