// SPDX-License-Identifier: Apache-2.0
// GET /explain/NAMESPACE/NAME: a service as this process knows it right now, as JSON.
//
// Says no more than the resource's own spec and status do. Errors are Kubernetes Status objects, so
// that they pass the API server's proxy as they are: 400 the path, 404 a service that is not looked
// after, 503 a process that stands by (it names the leader) or has nothing to say yet.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "api/explanation.hpp"
#include "api/plan_preview.hpp"
#include "core/object_key.hpp"
#include "core/result.hpp"
#include "wire/http_server.hpp"

namespace evalscaler::app {

// Called from the server's threads.
struct LiveQuestions {
  std::function<Result<api::ServiceExplanation>(const ObjectKey& key)> explain;
  std::function<Result<api::PlanPreview>(const ObjectKey& key, const std::string& tier,
                                         api::Replicas wanted)>
      plan;
  std::function<bool()> leads;
  std::function<std::string()> leader;  // its identity, empty if unknown
};

wire::HttpFolders live_folders(LiveQuestions questions);

struct PlanQuestion {
  ObjectKey service;
  std::string tier;
  api::Replicas wanted = 0;
};
// "NAMESPACE/NAME/TIER/NUMBER".
std::optional<PlanQuestion> parse_plan_path(std::string_view path);

// "NAMESPACE/NAME", two names as Kubernetes allows them and nothing else.
std::optional<ObjectKey> parse_service_path(std::string_view path);

}  // namespace evalscaler::app
