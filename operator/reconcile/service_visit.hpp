// SPDX-License-Identifier: Apache-2.0
// ServiceVisit: what one visit to a service finds out, decides and does; plain data that the
// four calls of a visit hand on.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/evaluation_service.hpp"
#include "api/service_status.hpp"
#include "api/target_observation.hpp"
#include "core/clock.hpp"
#include "core/object_key.hpp"
#include "core/reading.hpp"
#include "core/result.hpp"
#include "prometheus/reading_source.hpp"
#include "reconcile/last_applied.hpp"
#include "reconcile/service_object.hpp"
#include "scaling/decision.hpp"
#include "targets/scale_target.hpp"

namespace evalscaler::reconcile {

// One evaluation of one tier: what it was based on, what came out, what became of it.
struct Evaluation {
  scaling::Decision decision;
  std::vector<api::MetricStatus> metrics;
  std::vector<std::string> metric_problems;  // metrics that cannot be asked for at all
  WallTime time;
  bool applied = false;
  std::optional<Error> failure;  // the target could not be changed
};

enum class TargetState {
  Seen,
  Waiting,      // nothing certain is known right now; look again soon
  Unsupported,  // its kind cannot be scaled
  NotFound,
  Unreadable,  // it is there, but makes no sense or must not be read
};

struct TierVisit {
  const api::Tier* tier = nullptr;  // never null; part of ServiceVisit::service
  targets::ScaleTarget* target = nullptr;
  ObjectKey target_key;
  TargetState state = TargetState::Waiting;
  std::string problem;                         // unless Seen
  std::optional<api::TargetObservation> seen;  // in the tier's unit
  std::optional<api::TargetObservation> pods;  // as the target counts; if it is changed by plans
  std::optional<api::PlanStatus> plan;         // that status holds
  LastApplied last_applied;
  std::string other_autoscaler;  // who else scales the target; empty: nobody
  bool evaluates = false;        // seen, and there are readings that were not evaluated yet
};

struct ServiceVisit {
  std::shared_ptr<const ServiceObject> service;
  WallTime wall;
  SteadyTime steady;
  std::string spec_problem;  // then there are no tiers
  scaling::Pause pause;      // from outside of the spec
  std::vector<TierVisit> tiers;
  std::uint64_t round = 0;
};

}  // namespace evalscaler::reconcile
