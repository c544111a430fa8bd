// SPDX-License-Identifier: Apache-2.0
// ServiceObject: an EvaluationService as the watch cache holds it.
//
// A spec that does not decode does not make the object disappear: `spec_error` says what is
// wrong, so that its user can be told on the object itself.
#pragma once

#include <string>
#include <vector>

#include "api/evaluation_service.hpp"
#include "api/service_status.hpp"
#include "core/result.hpp"
#include "kube/event_recorder.hpp"
#include "kube/object_meta.hpp"
#include "kube/resource_path.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::reconcile {

struct ServiceObject {
  kube::ObjectMeta meta;
  api::ServiceSpec spec;
  api::ServiceStatus status;
  std::string spec_error;  // empty = the spec could be read
  std::string paused;      // the annotation's value; empty = absent
  std::vector<std::string> finalizers;
};

const kube::Resource& service_resource();

// Invalid only if not even the metadata can be read.
Result<ServiceObject> read_service(wire::JsonCursor& object);

kube::ObjectReference reference_to(const ServiceObject& service);

}  // namespace evalscaler::reconcile
