// SPDX-License-Identifier: Apache-2.0
// The scale subresource (autoscaling/v1 Scale): what we send to it and what it answers.
//
// The one write form for every kind is a JSON patch with tests on the uid, the resourceVersion
// and the replicas that the decision was based on: it fences re-creation and foreign writes on
// built-in kinds and custom resources alike, also those that were taken back meanwhile, so that
// a patch that was late on its way finds nothing to change (decision 6).
#pragma once

#include <string>
#include <string_view>

#include "api/target_observation.hpp"
#include "core/result.hpp"

namespace evalscaler::targets {

struct ScaleDocument {
  std::string uid;
  std::string resource_version;  // of the object that is scaled
  api::Replicas spec_replicas = 0;
};

// Same arguments, same bytes (R64).
std::string scale_patch(const ScaleDocument& based_on, api::Replicas wanted);

// Invalid if it is no Scale, or its replicas are no number of replicas.
Result<ScaleDocument> read_scale(std::string_view json);

}  // namespace evalscaler::targets
