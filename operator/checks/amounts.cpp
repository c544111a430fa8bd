// SPDX-License-Identifier: Apache-2.0
// Totals taken for shares, and shares taken for totals.
#include <string>

#include "checks/checks.hpp"
#include "checks/promql_tree.hpp"
#include "checks/reasons.hpp"
#include "core/quantity.hpp"
#include "core/text.hpp"

namespace evalscaler::checks {
namespace {

using prometheus::Scope;

// Why a value cannot be a sum over replicas; empty if it can.
std::string why_no_total(const prometheus::CatalogueMetric& metric) {
  if (metric.scope == Scope::PerReadyReplica) return "";
  if (metric.bounded_at) return "it never goes beyond " + short_number(metric.bounded_at->value);
  if (metric.unit.starts_with('%')) return "it is a percentage";
  if (metric.unit == "ms" || metric.unit == "s") return "it is a duration";
  if (metric.proportion == prometheus::Proportion::Constant) return "it is not proportional";
  return "";
}

void check_average(const MetricSubject& metric, Report& out) {
  if (metric.known == nullptr) return;
  const std::string why = why_no_total(*metric.known);
  if (why.empty()) return;
  out.error(metric.field + ".target.type", reasons::kNotATotal,
            "AverageValue divides a total by the replicas, but " + one_line(metric.name(), 64) +
                metric.unit() + " is no total: " + why,
            "type: Value");
}

// A value that stays where it is while replicas are multiplied by value / target.
void check_value(const MetricSubject& metric, Report& out) {
  if (metric.known == nullptr || metric.proportional) return;
  out.warning(metric.field + ".target", reasons::kRunaway,
              one_line(metric.name(), 64) +
                  " does not fall when replicas are added: above its target it multiplies them "
                  "again and again, up to maxReplicas",
              "use threshold for " + one_line(metric.name(), 64) +
                  ": its step and cooldown bound how fast it grows");
}

bool is_plain_sum(std::string_view query) {
  const auto tree = parse_promql(query);
  return tree && tree->kind == PromqlNode::Kind::Aggregate && tree->name == "sum";
}

void check_threshold(const MetricSubject& metric, Report& out) {
  const std::string name = one_line(metric.name(), 64);
  if (metric.threshold->worse == api::Worse::Lower) {
    if (!metric.proportional || !metric.threshold->scale_up) return;
    out.warning(metric.field + ".proportional", reasons::kRunaway,
                name +
                    " is said to fall when replicas are added, and lower is worse: each "
                    "scale-up makes it worse, up to maxReplicas",
                "proportional: false, if it does not fall with more replicas");
    return;
  }
  if (!metric.own_query() || metric.demand.proportional || !is_plain_sum(metric.query())) return;
  out.warning(metric.field + ".query", reasons::kTotalNotPerReplica,
              "the sum of " + name +
                  " is compared as it is and does not fall when replicas are added; a query of "
                  "its own is not divided by replicas",
              "avg instead of sum, or a catalogue entry with perReplica: true, or proportional: "
              "false");
}

}  // namespace

void check_amounts(const TierSubject& tier, Report& out) {
  for (const MetricSubject& metric : tier.metrics) {
    if (metric.threshold != nullptr) {
      check_threshold(metric, out);
    } else if (metric.tracked->target.type == api::MetricTargetType::AverageValue) {
      check_average(metric, out);
    } else {
      check_value(metric, out);
    }
  }
}

}  // namespace evalscaler::checks
