// SPDX-License-Identifier: Apache-2.0
// From the answers of a metric's queries to one reading; pure.
//
// Nothing that is not a recent, finite, single, plausible number becomes Fresh, and every
// other state says why in words of the catalogue and of Kubernetes.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "api/target_observation.hpp"
#include "core/object_key.hpp"
#include "core/reading.hpp"
#include "prometheus/answer_table.hpp"
#include "prometheus/catalogue.hpp"

namespace evalscaler::prometheus {

// Whose query it is: a catalogue's names its rows, a resource's own may be one bare number.
enum class QueryOwner { Catalogue, Service };

// What one query says of one service.
struct Evidence {
  ReadingState state = ReadingState::Missing;
  std::string why;
  double value = 0;  // when Fresh
  bool partial = false;
  enum class Series {
    Present,
    Absent
  } series = Series::Present;  // Absent: a good answer without it
  std::optional<WallTime> evaluated_at;
  std::chrono::nanoseconds answer_age{0};
};

// What `weigh` looks at; pointers may be null (never asked, not wanted).
struct AnswerParts {
  const Outcome* outcome = nullptr;
  const Cell* cell = nullptr;
  const AnswerShape* shape = nullptr;
};

struct Question {
  ObjectKey identity;
  IdentityLabels labels;
  QueryOwner owner = QueryOwner::Catalogue;
  std::chrono::seconds max_answer_age{60};  // the larger of maxAge and three intervals
};

Evidence weigh(const AnswerParts& parts, const Question& question, SteadyTime now);

// Total: not divided by ready replicas; then the upper end of validRange, which is for one
// replica, says nothing.
enum class Amount { AsCatalogued, Total };

// `age` and `maturity`: of the metric's own queries for them, if it has any.
Reading to_reading(const CatalogueMetric& metric, const Evidence& value,
                   const std::optional<Evidence>& age, const std::optional<Evidence>& maturity,
                   const api::TargetObservation& target, Amount amount = Amount::AsCatalogued);

// The least share of a window that must have samples.
inline constexpr double kMatureShare = 0.8;

}  // namespace evalscaler::prometheus
