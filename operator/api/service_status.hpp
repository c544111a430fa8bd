// SPDX-License-Identifier: Apache-2.0
// The status of an EvaluationService: what it sees, what was decided, and why.
//
// All state that a restart must not forget (cooldowns) lives here. Written only when it
// changed. Times are whole seconds on the wire.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/plan_status.hpp"
#include "api/target_observation.hpp"
#include "core/clock.hpp"
#include "core/reading.hpp"

namespace evalscaler::api {

// What a status holds at most; the schema says the same.
inline constexpr std::size_t kMaxScaleEvents = 20;
inline constexpr std::size_t kMaxRecommendations = 10;

enum class ConditionStatus { True, False, Unknown };

struct Condition {
  std::string type;
  ConditionStatus status = ConditionStatus::Unknown;
  std::string reason;   // CamelCase
  std::string message;  // for people
  std::int64_t observed_generation = 0;
  WallTime last_transition;  // of `status` only
  bool operator==(const Condition&) const = default;
};

struct MetricStatus {
  std::string name;
  ReadingState state = ReadingState::Missing;
  std::optional<double> value;  // when Fresh
  std::optional<WallTime> sample_time;
  std::string why;
  bool operator==(const MetricStatus&) const = default;
};

// One stage's change or veto; the same list goes to status, event, log, CLI and test.
struct Step {
  std::string stage;
  Replicas from = 0;
  Replicas to = 0;
  std::string reason;
  std::string message;
  bool operator==(const Step&) const = default;
};

struct DecisionRecord {
  std::string tier;
  WallTime time;
  Replicas from = 0;
  Replicas to = 0;
  bool applied = false;
  std::string reason;
  std::string message;
  std::vector<Step> steps;
  bool operator==(const DecisionRecord&) const = default;
};

// An applied change of replicas, for the rate limits of `behavior`.
struct ScaleEvent {
  WallTime time;
  Replicas change = 0;  // negative: removed
  bool operator==(const ScaleEvent&) const = default;
};

// What a policy once proposed, for the stabilization windows of `behavior`.
struct Recommendation {
  WallTime time;
  Replicas replicas = 0;
  bool operator==(const Recommendation&) const = default;
};

// Somebody else who sets the replicas of our target.
struct Contest {
  std::string manager;              // the newest one's field manager; empty if unknown
  std::vector<WallTime> reversals;  // of changes of ours, oldest first
  std::optional<WallTime> since;    // set: the tier stands back
  bool operator==(const Contest&) const = default;
};

struct TierStatus {
  std::string name;
  Replicas current = 0;
  Replicas ready = 0;
  Replicas desired = 0;
  std::optional<WallTime> last_scale_up;
  std::optional<WallTime> last_scale_down;
  std::vector<MetricStatus> metrics;  // as used by the last decision
  std::optional<DecisionRecord> last_decision;
  std::vector<ScaleEvent> scale_events;         // oldest first
  std::vector<Recommendation> recommendations;  // oldest first; those that can still count
  std::optional<Contest> contest;
  std::optional<WallTime> vetoed_since;  // a scale-down, by a reading that is not fresh
  std::optional<PlanStatus> plan;        // a data tier that is being changed
  bool operator==(const TierStatus&) const = default;
};

struct ServiceStatus {
  std::int64_t observed_generation = 0;
  std::string summary;  // printer column: "app 5/8, cache 3/3"
  std::vector<Condition> conditions;
  std::vector<TierStatus> tiers;
  std::vector<DecisionRecord> recent_decisions;  // newest last, at most 10
  bool operator==(const ServiceStatus&) const = default;
};

}  // namespace evalscaler::api
