// SPDX-License-Identifier: Apache-2.0
// KubeApi: the verbs of the Kubernetes API, typed by outcome and ignorant of scaling.
//
// Thread-safe. Answers are raw JSON for JsonReader. HTTP statuses become ErrorKinds:
// 404 NotFound, 409 and a failed JSON-patch `test` (422 without causes) Conflict, 410 and a
// revision from the future (R5) Expired, other 4xx Invalid, 401/403 Forbidden, 429/5xx
// Unavailable with retry_after. A write whose answer never came, or was 500, 502, 504 or 503
// without Retry-After, is OutcomeUnknown (R38). Messages carry the Status message, one line,
// never credentials. GET is retried on stale connections only; writes never are.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "wire/http.hpp"

namespace evalscaler::kube {

enum class PatchType { Json, Merge, Apply };

struct ListQuery {
  std::string resource_version;  // empty = most recent (quorum read)
  std::string continue_token;
  int limit = 500;  // 0 = no limit
  std::string label_selector;
};

struct WatchQuery {
  std::string resource_version;
  std::chrono::seconds timeout{300};  // timeoutSeconds; the server ends the stream then (R11)
  std::chrono::milliseconds idle_timeout{
      90'000};                                   // no line for this long: connection is dead (R16)
  enum class Initial { None, StreamThenWatch };  // sendInitialEvents (R26)
  Initial initial = Initial::None;
  std::string label_selector;
};

class KubeApi {
 public:
  virtual ~KubeApi() = default;
  virtual Result<std::string> get(const std::string& path, const std::stop_token& stop) = 0;
  virtual Result<std::string> list(const std::string& collection, const ListQuery& query,
                                   const std::stop_token& stop) = 0;
  // Each line is one watch frame. Success = the server ended the stream cleanly.
  virtual Result<void> watch(const std::string& collection, const WatchQuery& query,
                             wire::LineSink sink, const std::stop_token& stop) = 0;
  virtual Result<std::string> patch(const std::string& path, PatchType type, std::string body,
                                    const std::stop_token& stop) = 0;
  virtual Result<std::string> create(const std::string& collection, std::string body,
                                     const std::stop_token& stop) = 0;
  virtual Result<std::string> replace(const std::string& path, std::string body,
                                      const std::stop_token& stop) = 0;
};

}  // namespace evalscaler::kube
