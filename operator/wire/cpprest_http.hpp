// SPDX-License-Identifier: Apache-2.0
// HttpClient over cpprestsdk; nothing outside this folder knows that library.
//
// HTTP/1.1; one pooled connection per request in flight; TLS 1.2 or later with names
// verified against SANs only; no redirects, no proxies from the environment, no hidden
// re-send of anything but a GET; pooled connections are checked before use. A GET whose pooled
// connection breaks before the answer is sent again by the library. IPv6 addresses as host are
// refused, a limit of the library (names that resolve to one work). It also holds one whole
// chunk, or one head, before max_body sees it: the ReceiveLedger ends such a connection
// a few megabytes beyond the largest max_body in flight.
#pragma once

#include <memory>

#include "core/result.hpp"
#include "wire/http.hpp"

namespace evalscaler::wire {

// Once, first thing in main, before any thread: sizes the library's thread pool (its default
// is 40 threads) and keeps it from loading the system's CA bundle at every connection.
void initialize_http(unsigned threads);

// Invalid if the URL is not http(s)://host[:port][/prefix].
Result<std::unique_ptr<HttpClient>> make_cpprest_client(HttpEndpoint endpoint);

}  // namespace evalscaler::wire
