// SPDX-License-Identifier: Apache-2.0
// Explanation: what is known of a service at one moment, and what would have to change for another
// decision; plain data.
//
// What is not known is left out: an explanation made from a status has no fresh streak, and what
// it says is as old as that status. Ages and seconds left count from `as_of`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/evaluation_service.hpp"
#include "api/service_status.hpp"
#include "core/clock.hpp"
#include "core/object_key.hpp"
#include "core/reading.hpp"

namespace evalscaler::api {

struct MetricExplanation {
  std::string name;
  std::string unit;  // empty = not known
  Reading reading;
  std::optional<double> up;  // thresholds, in the metric's unit
  std::optional<double> down;
  Worse worse = Worse::Higher;
  std::optional<MetricTarget> target;  // targetTracking
  std::optional<std::int64_t> age;     // of the sample, in seconds
};

// A stage that would say no if the tier were to go this way now.
struct Obstacle {
  std::string stage;
  std::string reason;
  std::string message;
  std::optional<WallTime> until;  // empty: until something else happens, which the message says
};

struct Share {
  double is = 0;
  double needed = 0;
};

// How far `behavior` lets it go now.
struct RateRoom {
  Replicas to = 0;
  std::optional<WallTime> more_at;  // empty: time alone gives no more
};

// One direction.
struct WayOut {
  std::string needs;           // "up needs queue_depth > 50 (is 41)"
  std::optional<Share> score;  // threshold: trigger score, or quorum
  std::vector<Obstacle> obstacles;
  std::int64_t cooldown_left = 0;  // seconds
  std::optional<RateRoom> room;    // only where `behavior` limits it
};

struct TierExplanation {
  std::string name;
  std::string target;  // "Deployment web"
  Replicas min_replicas = 0;
  Replicas max_replicas = 0;
  std::string problem;  // why the target is not looked after; empty if it is
  std::optional<Replicas> current;
  std::optional<Replicas> ready;
  std::optional<Replicas> desired;
  std::vector<MetricExplanation> metrics;
  std::optional<DecisionRecord> last_decision;
  std::optional<int> fresh_streak;  // evaluations in a row with every reading fresh
  int fresh_streak_needed = 0;
  WayOut up;
  WayOut down;
  std::string cooldown;            // "cooldown ended 2m ago"
  std::optional<PlanStatus> plan;  // of a data tier; without its journal
  std::vector<ScaleEvent> scale_events;
  std::vector<Recommendation> recommendations;
};

struct ServiceExplanation {
  ObjectKey key;
  std::int64_t generation = 0;             // of the spec that was looked at
  WallTime as_of;                          // by the clock of whoever made it
  std::optional<std::int64_t> next_visit;  // seconds; at the latest
  std::vector<TierExplanation> tiers;
};

}  // namespace evalscaler::api
