// SPDX-License-Identifier: Apache-2.0
// LiveSource: asks the running operator about a service, through the API server's proxy.
//
// Needs `get` on services/proxy where the operator runs (and pods/proxy, if the one that is asked
// first stands by). Every request gives up after kLiveTime; nothing is asked twice.
#pragma once

#include <string>

#include "api/explanation.hpp"
#include "api/plan_preview.hpp"
#include "cli/operator_places.hpp"
#include "cli/session.hpp"
#include "core/object_key.hpp"
#include "core/result.hpp"

namespace evalscaler::cli {

struct LiveAnswer {
  api::ServiceExplanation explanation;
  std::string from;  // "evalscaler-system/evalscaler"
};

struct PlanAnswer {
  api::PlanPreview preview;
  std::string from;
};

// As ask_operator(); and besides: the operator's refusal to say.
Result<PlanAnswer> ask_for_plan(const Cluster& cluster, const OperatorChoice& choice,
                                const ObjectKey& key, const std::string& tier,
                                api::Replicas wanted);

// The error is one line that says why there is no live answer.
Result<LiveAnswer> ask_operator(const Cluster& cluster, const OperatorChoice& choice,
                                const ObjectKey& key);

}  // namespace evalscaler::cli
