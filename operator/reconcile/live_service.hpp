// SPDX-License-Identifier: Apache-2.0
// A service as the API server has it right now, for the moments at which the watch cache is not
// enough: it is known to be behind, or may be.
#pragma once

#include <stop_token>
#include <string>

#include "core/object_key.hpp"
#include "core/result.hpp"
#include "kube/kube_api.hpp"
#include "reconcile/service_object.hpp"

namespace evalscaler::reconcile {

// Invalid if it is no service.
Result<ServiceObject> decode_service(const std::string& json);

// A quorum read.
Result<ServiceObject> get_service(kube::KubeApi& api, const ObjectKey& key,
                                  const std::stop_token& stop);

// False as well if one of them is no revision (R23).
bool is_behind(const std::string& revision, const std::string& other);

}  // namespace evalscaler::reconcile
