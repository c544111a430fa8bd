// SPDX-License-Identifier: Apache-2.0
// TierSubject: one tier together with what the catalogue knows of its metrics, for the checks.
//
// Borrows from the spec and the settings, which must outlive it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/evaluation_service.hpp"
#include "prometheus/catalogue.hpp"

namespace evalscaler::checks {

using api::Replicas;

struct Settings {
  const prometheus::Catalogue* catalogue = nullptr;  // never null
  // Guessed: no catalogue was named, the built-in one stands in for whatever the operator has.
  enum class Knowledge { Guessed, Stated } knowledge = Knowledge::Guessed;
  Replicas max_replicas_limit = 1000;  // the operator's --max-replicas-limit
};

struct MetricSubject {
  std::string field;  // "spec.tiers[0].threshold.metrics[1]"
  api::MetricDemand demand;
  const prometheus::CatalogueMetric* known = nullptr;  // null: a query of its own, or no such name
  const api::ThresholdMetric* threshold = nullptr;     // exactly one of the two
  const api::TrackedMetric* tracked = nullptr;
  bool proportional = true;

  std::string name() const { return std::string(demand.name); }
  bool own_query() const { return !demand.query.empty(); }
  // What Prometheus is asked; empty if that is not known.
  std::string_view query() const;
  std::string unit() const;  // " ms" or nothing
  // No fresh reading is beyond these: of boundedAt and validRange the nearer one.
  std::optional<double> least() const;
  std::optional<double> most() const;
};

struct TierSubject {
  const api::ServiceSpec* spec = nullptr;
  const api::Tier* tier = nullptr;
  const Settings* settings = nullptr;
  std::string field;  // "spec.tiers[0]"
  std::vector<MetricSubject> metrics;

  std::string policy_field() const;
};

TierSubject subject_of(const api::ServiceSpec& spec, std::size_t tier, const Settings& settings);

}  // namespace evalscaler::checks
