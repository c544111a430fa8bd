// SPDX-License-Identifier: Apache-2.0
// TransportFault: how far a failed request came, read from the HTTP library's error.
//
// cpprestsdk's codes alone do not tell the phase, its fixed message prefixes do; a test
// against real sockets pins them. What is not recognised counts as Answer, the careful
// reading: something may have been executed. Valid only while requests with a body cannot be
// sent a second time behind our back (cpprest_http.cpp).
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "wire/http.hpp"

namespace evalscaler::wire {

enum class FaultPhase {
  Stale,    // the pooled connection was already dead: nothing was sent
  Connect,  // not connected: nothing was sent
  Tls,      // no trust, no agreement: nothing was sent
  Write,    // cut while the request was written: incomplete, so not executed
  Answer,   // sent, and the answer is missing or incomplete
};

struct TransportFault {
  FaultPhase phase = FaultPhase::Answer;
  std::string text;  // one phrase, for people
};

TransportFault fault_from_library(int code, std::string_view message);

// What the fault means to the sender of `method`: a GET has no effect that could be unknown.
ErrorKind kind_of(FaultPhase phase, Method method);

}  // namespace evalscaler::wire
