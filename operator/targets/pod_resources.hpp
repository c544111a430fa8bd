// SPDX-License-Identifier: Apache-2.0
// Reads a pod template's spec into the resources one replica asks for.
//
// Summed over the containers that run as long as the pod: the ordinary ones, and init
// containers with restartPolicy Always (sidecars). What none of them sets stays empty.
#pragma once

#include "api/target_observation.hpp"
#include "core/result.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::targets {

Result<api::PodResources> read_pod_resources(wire::JsonCursor& pod_spec);

}  // namespace evalscaler::targets
