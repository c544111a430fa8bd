// SPDX-License-Identifier: Apache-2.0
// PlanView: what a plan on a tier of a service would do, for whoever asks before it is begun.
//
// Reads Kubernetes and all nodes of the data tier for every answer, one answer at a time, and
// changes nothing. Thread-safe.
#pragma once

#include <stop_token>
#include <string>

#include "api/plan_preview.hpp"
#include "core/clock.hpp"
#include "core/object_key.hpp"
#include "core/result.hpp"
#include "kube/object_cache.hpp"
#include "reconcile/observer.hpp"
#include "reconcile/service_object.hpp"
#include "reconcile/turn.hpp"

namespace evalscaler::reconcile {

class PlanView {
 public:
  // All of them outlive it.
  PlanView(const kube::ObjectCache<ServiceObject>& services, FindTarget find_target, Clock& clock)
      : services_(services), find_target_(std::move(find_target)), clock_(clock) {}

  // NotFound: no such service or tier. Invalid: the tier is not changed by plans. Unavailable:
  // another question is being answered.
  Result<api::PlanPreview> preview(const ObjectKey& service, const std::string& tier,
                                   api::Replicas wanted, const std::stop_token& stop);

 private:
  const kube::ObjectCache<ServiceObject>& services_;
  FindTarget find_target_;
  Clock& clock_;
  Turn turn_;
};

}  // namespace evalscaler::reconcile
