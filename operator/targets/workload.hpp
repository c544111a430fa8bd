// SPDX-License-Identifier: Apache-2.0
// WorkloadTarget: scales Deployments or StatefulSets through their scale subresource; unit is
// the pod.
//
// A patch is fenced by the resourceVersion, which every status write moves. So a refused patch
// is sent again, kMostSends times at most, with the revision that a quorum read shows, as long
// as uid and replicas are still those of the decision (R31, decision 6).
//
// Needs the rights list and watch on the kind, get and patch on its scale.
#pragma once

#include <stop_token>
#include <string>

#include "core/clock.hpp"
#include "kube/kube_api.hpp"
#include "kube/object_cache.hpp"
#include "targets/own_writes.hpp"
#include "targets/scale_document.hpp"
#include "targets/scale_target.hpp"
#include "targets/workload_object.hpp"

namespace evalscaler::targets {

inline constexpr int kMostSends = 5;

class WorkloadTarget final : public ScaleTarget {
 public:
  // All must outlive the target; `cache` holds objects of `resource`.
  WorkloadTarget(const kube::Resource& resource, kube::KubeApi& api,
                 const kube::ObjectCache<WorkloadObject>& cache, const Clock& clock)
      : resource_(resource), api_(api), cache_(cache), clock_(clock) {}

  Result<api::TargetObservation> observe(const ObjectKey& key,
                                         const std::stop_token& stop) override;
  Result<Replicas> step_towards(const ObjectKey& key, const api::TargetObservation& based_on,
                                Replicas wanted, const std::stop_token& stop) override;

 private:
  std::string scale_path(const ObjectKey& key) const;
  Error about(const ObjectKey& key, const Error& error) const;
  Error about(const ObjectKey& key, ErrorKind kind, const std::string& what) const;
  Error not_listed(const ObjectKey& key) const;
  Result<api::TargetObservation> observe_live(const ObjectKey& key, api::TargetObservation cached,
                                              const std::stop_token& stop);
  Result<std::string> patch_fenced(const ObjectKey& key, ScaleDocument based_on, Replicas wanted,
                                   const std::stop_token& stop);
  Result<Replicas> confirm(const ObjectKey& key, OwnWrite attempt,
                           const api::TargetObservation& based_on, const std::stop_token& stop);
  Result<ScaleDocument> get_scale(const ObjectKey& key, const std::stop_token& stop);

  const kube::Resource& resource_;
  kube::KubeApi& api_;
  const kube::ObjectCache<WorkloadObject>& cache_;
  const Clock& clock_;
  OwnWrites own_writes_;
};

}  // namespace evalscaler::targets
