// SPDX-License-Identifier: Apache-2.0
#include "kube/status_error.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "kube/store.hpp"

namespace evalscaler::kube {
namespace {

Result<void> read_causes(wire::JsonCursor& causes, Status& status) {
  return causes.items([&](std::size_t, wire::JsonCursor& cause) {
    ++status.causes;
    return cause.members([&](std::string_view key, wire::JsonCursor& value) -> Result<void> {
      if (key != "reason") return {};
      const auto reason = value.text();
      if (!reason) return reason.error();
      status.revision_too_large |= *reason == "ResourceVersionTooLarge";
      return {};
    });
  });
}

Result<void> read_details(wire::JsonCursor& details, Status& status) {
  return details.members([&](std::string_view key, wire::JsonCursor& value) -> Result<void> {
    if (key == "causes") return read_causes(value, status);
    if (key != "retryAfterSeconds") return {};
    const auto seconds = value.integer();
    if (!seconds) return seconds.error();
    if (*seconds > 0) {
      status.retry_after = std::chrono::seconds(std::min<std::int64_t>(*seconds, 3600));
    }
    return {};
  });
}

// 500, 502, 503 and 504 may come from whatever stands between us and the store, or from a
// store that answered too late: the write may be in it.
bool may_be_executed(const Status& status) {
  if (status.code == 503) return !status.retry_after;
  return status.code == 500 || status.code == 502 || status.code == 504;
}

ErrorKind kind_of(const Status& status, RequestForm form) {
  const bool gone = status.reason == "Expired" || status.reason == "Gone";
  if (status.code == 410 || gone || status.revision_too_large) return ErrorKind::Expired;
  if (status.code == 404) return ErrorKind::NotFound;
  if (status.code == 409) return ErrorKind::Conflict;
  // The server answers a failed `test` of a JSON patch like this, without saying which.
  if (status.code == 422 && status.causes == 0) return ErrorKind::Conflict;
  if (status.code == 401 || status.code == 403) return ErrorKind::Forbidden;
  if (status.code == 408 || status.code == 429) return ErrorKind::Unavailable;
  if (status.code >= 400 && status.code < 500) return ErrorKind::Invalid;
  // What it chokes on may be our revision: only a new list leads out (R15).
  if (form == RequestForm::Watch && status.code == 500 && status.reason == "InternalError") {
    return ErrorKind::Expired;
  }
  if (form == RequestForm::Write && may_be_executed(status)) return ErrorKind::OutcomeUnknown;
  return ErrorKind::Unavailable;
}

// A refusal may quote the whole object in its middle; who refused and why stand at the ends.
std::string for_people(const std::string& message) {
  constexpr std::size_t kWhole = 1024;
  constexpr std::size_t kHead = 200;
  constexpr std::size_t kTail = 600;
  if (message.size() <= kWhole) return one_line(message);
  std::size_t tail = message.size() - kTail;
  while (tail < message.size() && (static_cast<unsigned char>(message[tail]) & 0xC0U) == 0x80U) {
    ++tail;  // not into the middle of a character
  }
  return one_line(message, kHead) + one_line(std::string_view(message).substr(tail));
}

}  // namespace

Result<Status> read_status(wire::JsonCursor& cursor) {
  Status status;
  const auto read = cursor.members([&](std::string_view key, wire::JsonCursor& value) {
    if (key == "reason") return store(value.text(), status.reason);
    if (key == "message") return store(value.text(), status.message);
    if (key == "code") return store(value.integer(), status.code);
    if (key == "details") return read_details(value, status);
    return Result<void>();
  });
  if (!read) return read.error();
  return status;
}

Error to_error(const Status& status, RequestForm form) {
  Error error{kind_of(status, form), for_people(status.message), status.retry_after};
  if (error.message.empty()) {
    error.message = "HTTP " + std::to_string(status.code) + " " + one_line(status.reason, 64);
  }
  // A server in trouble must not be asked for everything again at once.
  if (status.code >= 500 && error.kind == ErrorKind::Expired && !error.retry_after) {
    error.retry_after = std::chrono::seconds(1);
  }
  return error;
}

Error answer_error(const wire::HttpResponse& response, RequestForm form, std::string_view what) {
  Status status;
  wire::JsonReader reader;
  const auto read = reader.read_copy(
      response.body, [&](wire::JsonCursor& root) { return store(read_status(root), status); });
  // A proxy's page, or nothing at all: its text is noise, its code is not.
  if (!read || status.message.empty()) {
    status = {};
    status.message =
        std::string(what) + ": HTTP " + std::to_string(response.status) + " without a Status";
  }
  if (response.status == 401) {
    // The server says no more than "Unauthorized", and not of what.
    status.message = std::string(what) + ": HTTP 401, the API server does not accept our " +
                     "credentials; renew the token or client certificate";
  }
  status.code = response.status;
  if (const auto header = response.retry_after()) status.retry_after = header;
  return to_error(status, form);
}

}  // namespace evalscaler::kube
