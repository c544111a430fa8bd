// SPDX-License-Identifier: Apache-2.0
// OtherAutoscalers: who else would set the replicas of a tier's target. Thread-safe.
//
// That is a HorizontalPodAutoscaler (KEDA and others make one, too), or another EvaluationService:
// of several on one target the oldest keeps it, of equally old ones the first by name. What
// cannot be listed (no right to, no such API) is taken for absent: a fight is then still noticed
// (contest_watch.hpp).
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/evaluation_service.hpp"
#include "core/guarded.hpp"
#include "core/object_key.hpp"
#include "reconcile/service_index.hpp"
#include "targets/autoscaler_object.hpp"

namespace evalscaler::reconcile {

class OtherAutoscalers {
 public:
  // `services` must outlive it.
  explicit OtherAutoscalers(const ServiceIndex& services) : services_(services) {}

  // `object` is null for a deletion. Returns the services that this concerns.
  std::vector<ObjectKey> update(const ObjectKey& key, const targets::AutoscalerObject* object);

  // For people: "HorizontalPodAutoscaler web"; empty if there is nobody.
  std::string on_target_of(const ObjectKey& service, const api::Tier& tier) const;

 private:
  // As in scaleTargetRef, with the API group instead of the version.
  struct Target {
    std::string group;
    std::string kind;
    ObjectKey key;
    auto operator<=>(const Target&) const = default;
  };
  struct State {
    std::unordered_map<ObjectKey, Target> targets;  // by autoscaler
    std::map<Target, std::set<ObjectKey>> autoscalers;

    void remove(const ObjectKey& key);
  };

  const ServiceIndex& services_;
  Guarded<State> state_;
};

}  // namespace evalscaler::reconcile
