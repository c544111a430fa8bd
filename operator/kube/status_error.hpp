// SPDX-License-Identifier: Apache-2.0
// The API server's Status object, and the Error that an HTTP answer stands for.
//
// Authority: k8s.io/apimachinery meta/v1 Status; which failed write may have been executed:
// R38. Messages are the server's own, one line.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "wire/http.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::kube {

struct Status {
  std::int64_t code = 0;
  std::string reason;
  std::string message;
  std::size_t causes = 0;
  bool revision_too_large = false;  // cause ResourceVersionTooLarge (R5)
  std::optional<std::chrono::seconds> retry_after;
};

// What was asked decides what a failure means: a write may have been executed.
enum class RequestForm { Read, Watch, Write };

Result<Status> read_status(wire::JsonCursor& status);
Error to_error(const Status& status, RequestForm form);
// For an answer that is not 2xx; `what` ("PATCH /apis/...") leads where the server says nothing.
Error answer_error(const wire::HttpResponse& response, RequestForm form, std::string_view what);

}  // namespace evalscaler::kube
