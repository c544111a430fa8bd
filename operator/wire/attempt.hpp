// SPDX-License-Identifier: Apache-2.0
// Attempt: how one try at a request went, and what that means to its caller. Pure.
//
// Error kinds say whether the request may have been executed (transport_fault.hpp). An answer that
// is too large, compressed, or without an HTTP status is Invalid.
#pragma once

#include "core/result.hpp"
#include "wire/exchange.hpp"
#include "wire/http.hpp"
#include "wire/transport_fault.hpp"

namespace evalscaler::wire {

struct Attempt {
  Exchange::Waited waited;
  Exchange::Verdict verdict;
  TransportFault fault;
  HttpResponse response;
};

// Lines: of a stream, whose size has no limit once its status is 200.
enum class Answer { Whole, Lines };

Result<HttpResponse> outcome_of(const HttpRequest& request, Attempt tried, Answer answer);

}  // namespace evalscaler::wire
