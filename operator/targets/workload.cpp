// SPDX-License-Identifier: Apache-2.0
#include "targets/workload.hpp"

#include <algorithm>
#include <utility>

#include "api/evaluation_service.hpp"
#include "kube/resource_path.hpp"

namespace evalscaler::targets {
std::string WorkloadTarget::scale_path(const ObjectKey& key) const {
  return kube::object_path(resource_, key, "scale");
}

Error WorkloadTarget::about(const ObjectKey& key, const Error& error) const {
  return {error.kind, resource_.kind + " " + key.text() + ": " + error.message, error.retry_after};
}

Error WorkloadTarget::about(const ObjectKey& key, ErrorKind kind, const std::string& what) const {
  return about(key, fail(kind, what));
}

Result<api::TargetObservation> WorkloadTarget::observe(const ObjectKey& key,
                                                       const std::stop_token& stop) {
  const auto object = cache_.find(key);
  if (!object) {
    if (!cache_.knows(key.space)) return not_listed(key);
    own_writes_.forget(key);
    return about(key, ErrorKind::NotFound,
                 "does not exist; create it or correct scaleTargetRef.name");
  }
  auto seen = observation_of(*object);
  if (!seen) return about(key, seen.error());
  switch (own_writes_.check(key, *seen, clock_.steady())) {
    case OwnWrites::Seen::Yes:
      return seen;
    case OwnWrites::Seen::Awaited:
      return about(key, ErrorKind::Unavailable, "the watch has not shown our last write yet");
    case OwnWrites::Seen::Overdue:
      return observe_live(key, std::move(seen).value(), stop);
  }
  return seen;
}

// A right that is missing is somebody's to grant; anything else passes by itself.
Error WorkloadTarget::not_listed(const ObjectKey& key) const {
  const std::string why = cache_.refusal(key.space);
  if (why.empty()) return about(key, ErrorKind::Unavailable, "not listed yet");
  return about(key, ErrorKind::Forbidden,
               why + "; grant list and watch on " + resource_.plural + " (manifests/rbac.yaml)");
}

Result<api::TargetObservation> WorkloadTarget::observe_live(const ObjectKey& key,
                                                            api::TargetObservation cached,
                                                            const std::stop_token& stop) {
  const auto live = get_scale(key, stop);
  if (!live) return live.error();
  if (live->uid != cached.uid) {
    return about(key, ErrorKind::Unavailable, "was re-created; the watch has not shown that yet");
  }
  if (auto write = own_writes_.last(key)) {
    // What the cache does not show yet started a cooldown all the same.
    if (live->spec_replicas == write->replicas) {
      cached.our_last_write = std::max(cached.our_last_write, std::optional(write->wall));
    }
    write->resource_version = live->resource_version;
    write->looked = clock_.steady();
    own_writes_.record(key, std::move(*write));
  }
  // A Scale does not say who wrote it. While a request of ours may be late it may have been us:
  // then a cooldown begins too late rather than never.
  if (live->spec_replicas != cached.spec_replicas) {
    cached.last_writer = api::ReplicasWriter{api::kFieldManager, std::nullopt};
  }
  cached.spec_replicas = live->spec_replicas;
  cached.resource_version = live->resource_version;
  return cached;
}

Result<Replicas> WorkloadTarget::step_towards(const ObjectKey& key,
                                              const api::TargetObservation& based_on,
                                              Replicas wanted, const std::stop_token& stop) {
  if (wanted == based_on.spec_replicas) return wanted;  // R36
  if (wanted < 0) return about(key, ErrorKind::Invalid, "replicas cannot be negative");

  OwnWrite attempt{based_on.uid, std::nullopt, wanted, clock_.wall(), clock_.steady()};
  const auto reply = patch_fenced(
      key, {based_on.uid, based_on.resource_version, based_on.spec_replicas}, wanted, stop);
  if (!reply) {
    const ErrorKind kind = reply.error().kind;
    if (kind == ErrorKind::OutcomeUnknown) return confirm(key, attempt, based_on, stop);
    if (kind == ErrorKind::Cancelled) own_writes_.record(key, attempt);
    return about(key, reply.error());
  }
  const auto scale = read_scale(*reply);
  if (!scale || scale->uid != based_on.uid) return confirm(key, attempt, based_on, stop);
  attempt.resource_version = scale->resource_version;
  attempt.replicas = scale->spec_replicas;
  own_writes_.record(key, attempt);
  return scale->spec_replicas;
}

// A revision that moved although uid and replicas did not is a status write or the like: the
// decision still holds, and a busy object must not starve it.
Result<std::string> WorkloadTarget::patch_fenced(const ObjectKey& key, ScaleDocument based_on,
                                                 Replicas wanted, const std::stop_token& stop) {
  for (int sends = 1;; ++sends) {
    auto reply =
        api_.patch(scale_path(key), kube::PatchType::Json, scale_patch(based_on, wanted), stop);
    const bool refused = !reply && reply.error().kind == ErrorKind::Conflict;
    if (!refused || sends == kMostSends) return reply;
    auto live = get_scale(key, stop);
    const bool same = live && live->uid == based_on.uid &&
                      live->spec_replicas == based_on.spec_replicas &&
                      live->resource_version != based_on.resource_version;
    if (!same) return reply;
    based_on.resource_version = std::move(live->resource_version);
  }
}

// R38: the request may have been executed. Nothing else happens to this object before we know.
Result<Replicas> WorkloadTarget::confirm(const ObjectKey& key, OwnWrite attempt,
                                         const api::TargetObservation& based_on,
                                         const std::stop_token& stop) {
  own_writes_.record(key, attempt);
  const auto live = get_scale(key, stop);
  if (!live) return live.error();
  if (live->uid != based_on.uid) {
    return about(key, ErrorKind::Conflict, "was re-created meanwhile");
  }
  attempt.resource_version = live->resource_version;
  if (live->spec_replicas == attempt.replicas) {
    own_writes_.record(key, attempt);
    return live->spec_replicas;
  }
  own_writes_.record(key, std::move(attempt));
  if (live->spec_replicas == based_on.spec_replicas) {
    return about(key, ErrorKind::Unavailable, "the scale request was lost on its way");
  }
  return about(key, ErrorKind::Conflict,
               "somebody else set replicas to " + std::to_string(live->spec_replicas));
}

Result<ScaleDocument> WorkloadTarget::get_scale(const ObjectKey& key, const std::stop_token& stop) {
  const auto json = api_.get(scale_path(key), stop);
  if (!json) return about(key, json.error());
  auto scale = read_scale(*json);
  if (!scale) return about(key, scale.error());
  return scale;
}

}  // namespace evalscaler::targets
