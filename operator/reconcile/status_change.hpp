// SPDX-License-Identifier: Apache-2.0
// StatusChange: how much a new status differs from the old one, and so how soon it has to be
// written. Pure.
//
// Writing on every evaluation is what brings autoscalers down at a few hundred objects: texts
// that hold a number, sample times and small movements ride along with the next write that has
// a reason of its own.
#pragma once

#include "api/service_status.hpp"

namespace evalscaler::reconcile {

enum class StatusChange {
  None,     // nothing that is worth a write
  Moved,    // a reading moved by more than a tenth: now and then
  Counted,  // replicas, ready pods: once per interval
  Decided,  // a decision, a condition, a reading's state, the generation: at once
};

StatusChange compare(const api::ServiceStatus& old, const api::ServiceStatus& wanted);

}  // namespace evalscaler::reconcile
