// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>

#include "fuzz/claim.hpp"
#include "fuzz/targets.hpp"
#include "kube/status_error.hpp"

namespace evalscaler::fuzz {
namespace {

using kube::RequestForm;

void claim_kind(const Error& error, int code, RequestForm form) {
  const bool write = form == RequestForm::Write;
  if (code == 500 || code == 502 || code == 504) {
    // Nobody may repeat, or give up, a write that the server may have executed (R38).
    claim(!write || error.kind == ErrorKind::OutcomeUnknown || error.kind == ErrorKind::Expired,
          "a write answered " + std::to_string(code) + " is taken for not executed");
  }
  if (code == 404) {
    claim(error.kind == ErrorKind::NotFound || error.kind == ErrorKind::Expired,
          "404 is taken for something else");
  }
  if (code == 429) {
    claim(error.kind == ErrorKind::Unavailable || error.kind == ErrorKind::Expired,
          "429 is not taken for a wait");
  }
}

}  // namespace

void status_error(std::string_view input) {
  constexpr std::array<int, 12> kCodes{400, 401, 403, 404, 408, 409, 410, 422, 429, 500, 503, 504};
  constexpr std::array<RequestForm, 3> kForms{RequestForm::Read, RequestForm::Watch,
                                              RequestForm::Write};
  for (const int code : kCodes) {
    for (const RequestForm form : kForms) {
      wire::HttpResponse response;
      response.status = code;
      response.body = input;
      const Error error = kube::answer_error(response, form, "PATCH /apis");
      claim_message(error.message);
      claim_kind(error, code, form);
      if (!error.retry_after) continue;
      claim(error.retry_after->count() >= 0 && error.retry_after->count() <= 3600,
            "a wait of " + std::to_string(error.retry_after->count()) + " s was taken");
    }
  }
}

}  // namespace evalscaler::fuzz
