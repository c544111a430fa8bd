// SPDX-License-Identifier: Apache-2.0
#include "checks/subject.hpp"

#include <algorithm>

namespace evalscaler::checks {
namespace {

std::string at(const std::string& list, std::size_t index) {
  return list + "[" + std::to_string(index) + "]";
}

// As the operator takes it: the resource's word, else the catalogue's; a metric of its own
// query falls with more replicas if higher is worse.
bool is_proportional(const MetricSubject& metric) {
  const bool usual = metric.known == nullptr
                         ? metric.demand.worse == api::Worse::Higher
                         : metric.known->proportion == prometheus::Proportion::Proportional;
  return metric.demand.proportional.value_or(usual);
}

}  // namespace

std::string_view MetricSubject::query() const {
  if (own_query()) return demand.query;
  return known == nullptr ? std::string_view{} : std::string_view(known->query);
}

std::string MetricSubject::unit() const {
  return known == nullptr || known->unit.empty() ? "" : " " + known->unit;
}

std::optional<double> MetricSubject::least() const {
  if (known == nullptr || !known->valid_range.min) return std::nullopt;
  return known->valid_range.min->value;
}

std::optional<double> MetricSubject::most() const {
  if (known == nullptr) return std::nullopt;
  std::optional<double> most;
  if (known->bounded_at) most = known->bounded_at->value;
  if (known->valid_range.max) {
    most = std::min(most.value_or(known->valid_range.max->value), known->valid_range.max->value);
  }
  return most;
}

std::string TierSubject::policy_field() const {
  return field + (tier->threshold ? ".threshold" : ".targetTracking");
}

TierSubject subject_of(const api::ServiceSpec& spec, std::size_t tier, const Settings& settings) {
  TierSubject out{&spec, &spec.tiers[tier], &settings, at("spec.tiers", tier), {}};
  const std::vector<api::MetricDemand> demands = api::metric_demands(*out.tier);
  for (std::size_t i = 0; i < demands.size(); ++i) {
    MetricSubject& metric = out.metrics.emplace_back();
    metric.field = at(out.policy_field() + ".metrics", i);
    metric.demand = demands[i];
    if (!metric.own_query()) metric.known = settings.catalogue->find_metric(demands[i].name);
    if (out.tier->threshold) metric.threshold = &out.tier->threshold->metrics[i];
    if (out.tier->target_tracking) metric.tracked = &out.tier->target_tracking->metrics[i];
    metric.proportional = is_proportional(metric);
  }
  return out;
}

}  // namespace evalscaler::checks
