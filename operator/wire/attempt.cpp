// SPDX-License-Identifier: Apache-2.0
#include "wire/attempt.hpp"

#include <string>
#include <utility>

#include "core/text.hpp"

namespace evalscaler::wire {

Result<HttpResponse> outcome_of(const HttpRequest& request, Attempt tried, Answer answer) {
  using Verdict = Exchange::Verdict;
  HttpResponse& response = tried.response;
  const bool usable = tried.verdict == Verdict::Complete || tried.verdict == Verdict::SinkEnded;
  if (tried.waited == Exchange::Waited::Stopped && !usable) {
    return fail(ErrorKind::Cancelled, "stopped");
  }
  if (tried.verdict == Verdict::TooLarge && (answer == Answer::Whole || response.status == 200)) {
    return fail(ErrorKind::Invalid,
                "the answer is larger than " + std::to_string(request.max_body) + " bytes");
  }
  if (!usable && tried.verdict != Verdict::TooLarge) {
    std::string what = tried.fault.text;
    if (tried.waited == Exchange::Waited::TimedOut) {
      const bool before = tried.fault.phase < FaultPhase::Write;
      what = std::string(before                    ? "not connected"
                         : answer == Answer::Lines ? "nothing came"
                                                   : "no answer") +
             " within " + std::to_string(request.timeout.count()) + " ms";
    }
    return fail(kind_of(tried.fault.phase, request.method), what);
  }
  if (response.status < 200 || response.status > 599) {
    return fail(kind_of(FaultPhase::Answer, request.method),
                "answered with status " + std::to_string(response.status));
  }
  const auto encoding = response.header("Content-Encoding");
  if (encoding && !encoding->empty() && *encoding != "identity") {
    return fail(ErrorKind::Invalid, "the answer is compressed, which was not asked for (" +
                                        one_line(*encoding, 32) + ")");
  }
  return std::move(response);
}

}  // namespace evalscaler::wire
