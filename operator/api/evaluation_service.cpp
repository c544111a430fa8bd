// SPDX-License-Identifier: Apache-2.0
#include "api/evaluation_service.hpp"

#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>

#include "core/text.hpp"

namespace evalscaler::api {
namespace {

// The limits of the schema; tests/golden tries each of them on both sides.
constexpr std::size_t kMaxTiers = 8;
constexpr std::size_t kMaxMetrics = 10;
constexpr std::size_t kMaxName = 63;
constexpr std::size_t kMaxObjectName = 253;
constexpr std::size_t kMaxQuery = 4096;
constexpr std::int64_t kMaxReplicas = 1'000'000;
constexpr std::int64_t kMaxCooldown = 86'400;

bool lower_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// Lower-case letters and digits, with any of `inner` between them.
bool is_label(std::string_view text, std::string_view inner) {
  if (text.empty() || !lower_alnum(text.front()) || !lower_alnum(text.back())) return false;
  for (const char c : text) {
    if (!lower_alnum(c) && inner.find(c) == std::string_view::npos) return false;
  }
  return true;
}

bool is_metric_name(std::string_view text) {
  constexpr std::string_view kInner = "_:.-";
  if (text.empty()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    const bool later = (c >= '0' && c <= '9') || kInner.find(c) != std::string_view::npos;
    if (!letter && (i == 0 || !later)) return false;
  }
  return true;
}

class Problems {
 public:
  void add(std::string field, std::string message) {
    found_.push_back({std::move(field), std::move(message)});
  }
  void whole(std::string field, std::int64_t value, std::int64_t least, std::int64_t most) {
    if (value >= least && value <= most) return;
    add(std::move(field), "must be from " + std::to_string(least) + " to " + std::to_string(most) +
                              ", is " + std::to_string(value));
  }
  void length(std::string field, std::string_view text, std::size_t most) {
    if (text.size() <= most) return;
    add(std::move(field), "must be at most " + std::to_string(most) + " characters long, has " +
                              std::to_string(text.size()));
  }
  // DNS label, or with dots between its parts a DNS subdomain.
  void name(std::string field, std::string_view text, std::size_t most, std::string_view inner) {
    length(field, text, most);
    if (is_label(text, inner)) return;
    add(std::move(field), text.empty() ? "is missing"
                                       : "'" + one_line(text, 64) +
                                             "' must be lower-case letters and digits, with '-' "
                                             "between them");
  }
  void count(std::string field, std::size_t size, std::size_t most) {
    if (size >= 1 && size <= most) return;
    add(std::move(field),
        "must have 1 to " + std::to_string(most) + " items, has " + std::to_string(size));
  }
  void not_negative(std::string field, const std::optional<Quantity>& quantity) {
    if (!quantity || (std::isfinite(quantity->value) && quantity->value >= 0)) return;
    add(std::move(field), "must be a number of at least 0");
  }
  std::vector<FieldProblem> take() && { return std::move(found_); }

 private:
  std::vector<FieldProblem> found_;
};

std::string at(std::string_view list, std::size_t index) {
  return std::string(list) + "[" + std::to_string(index) + "]";
}

void check_sides(const ThresholdMetric& metric, const std::string& field, Problems& out) {
  if (!metric.scale_up && !metric.scale_down) {
    out.add(field + ".scaleUpThreshold",
            "set scaleUpThreshold, scaleDownThreshold or both: a metric with neither decides "
            "nothing");
  }
  if (!metric.scale_up || !metric.scale_down) return;
  const std::string numbers = " (" + short_number(metric.scale_down->value) + " and " +
                              short_number(metric.scale_up->value) + ")";
  const bool higher = metric.worse == Worse::Higher;
  if (higher && !(metric.scale_down->value < metric.scale_up->value)) {
    out.add(field + ".scaleDownThreshold",
            "scaleDownThreshold must be below scaleUpThreshold" + numbers +
                "; if lower values of this metric are the bad ones, say worse: Lower");
  }
  if (!higher && !(metric.scale_down->value > metric.scale_up->value)) {
    out.add(field + ".scaleDownThreshold",
            "scaleDownThreshold must be above scaleUpThreshold when worse is Lower" + numbers);
  }
}

void check_metric(const ThresholdMetric& metric, const std::string& field, Problems& out) {
  out.length(field + ".name", metric.name, kMaxName);
  if (!is_metric_name(metric.name)) {
    out.add(field + ".name",
            metric.name.empty()
                ? "is missing"
                : "'" + one_line(metric.name, 64) +
                      "' must be letters, digits, '_', ':', '.' and '-', and begin with a letter");
  }
  out.length(field + ".query", metric.query, kMaxQuery);
  out.not_negative(field + ".scaleUpThreshold", metric.scale_up);
  out.not_negative(field + ".scaleDownThreshold", metric.scale_down);
  check_sides(metric, field, out);
}

void check_up(const ScaleUpRule& rule, const std::string& field, Problems& out) {
  out.whole(field + ".step", rule.step, 1, kMaxReplicas);
  out.whole(field + ".cooldownSeconds", rule.cooldown.count(), 0, kMaxCooldown);
  const double score = rule.trigger_score.value;
  if (!(score >= 0 && score <= 1)) {
    out.add(field + ".triggerScore", "triggerScore must be between 0 and 1, no score is higher");
  }
  if (!rule.max_step) return;
  out.whole(field + ".maxStep", *rule.max_step, 1, kMaxReplicas);
  if (!rule.proportional_step) {
    out.add(field + ".maxStep",
            "maxStep needs proportionalStep, set it to true or leave maxStep out");
  }
  if (*rule.max_step < rule.step) {
    out.add(field + ".maxStep", "maxStep must not be smaller than step");
  }
}

void check_down(const ScaleDownRule& rule, const std::string& field, Problems& out) {
  out.whole(field + ".step", rule.step, 1, kMaxReplicas);
  out.whole(field + ".cooldownSeconds", rule.cooldown.count(), 0, kMaxCooldown);
  const double quorum = rule.quorum.value;
  if (!(quorum > 0 && quorum <= 1)) {
    out.add(field + ".quorum",
            "quorum must be above 0 and at most 1, it is a share of the metrics");
  }
}

void check_threshold(const ThresholdPolicy& policy, const std::string& field, Problems& out) {
  const std::string list = field + ".metrics";
  out.count(list, policy.metrics.size(), kMaxMetrics);
  for (std::size_t i = 0; i < policy.metrics.size(); ++i) {
    check_metric(policy.metrics[i], at(list, i), out);
    for (std::size_t j = 0; j < i; ++j) {
      if (policy.metrics[j].name != policy.metrics[i].name) continue;
      out.add(at(list, i) + ".name", "is the name of an earlier metric, too");
      break;
    }
  }
  check_up(policy.scale_up, field + ".scaleUp", out);
  check_down(policy.scale_down, field + ".scaleDown", out);
}

void check_tier(const Tier& tier, const std::string& field, Problems& out) {
  out.name(field + ".name", tier.name, kMaxName, "-");
  out.name(field + ".scaleTargetRef.name", tier.target.name, kMaxObjectName, "-.");
  out.length(field + ".metricIdentity", tier.metric_identity, kMaxObjectName);
  out.whole(field + ".minReplicas", tier.min_replicas, 0, kMaxReplicas);
  out.whole(field + ".maxReplicas", tier.max_replicas, 1, kMaxReplicas);
  if (tier.max_replicas >= 1 && tier.min_replicas > tier.max_replicas) {
    out.add(field + ".minReplicas", "minReplicas must not be greater than maxReplicas (" +
                                        std::to_string(tier.min_replicas) + " > " +
                                        std::to_string(tier.max_replicas) + ")");
  }
  if (!tier.threshold) {
    out.add(field + ".threshold", "a tier needs a policy, add threshold");
    return;
  }
  check_threshold(*tier.threshold, field + ".threshold", out);
}

}  // namespace

std::vector<FieldProblem> validate(const ServiceSpec& spec) {
  Problems out;
  out.whole("spec.intervalSeconds", spec.interval.count(), 5, 3600);
  out.name("spec.prometheus", spec.prometheus, kMaxName, "-");
  out.count("spec.tiers", spec.tiers.size(), kMaxTiers);
  for (std::size_t i = 0; i < spec.tiers.size(); ++i) {
    const Tier& tier = spec.tiers[i];
    const std::string field = at("spec.tiers", i);
    check_tier(tier, field, out);
    for (std::size_t j = 0; j < i; ++j) {
      const Tier& earlier = spec.tiers[j];
      if (earlier.name == tier.name) {
        out.add(field + ".name", "is the name of an earlier tier, too");
      }
      if (earlier.target == tier.target) {
        out.add(field + ".scaleTargetRef", "tier '" + one_line(earlier.name, 64) +
                                               "' has the same target: a target belongs to one "
                                               "tier, put the metrics of both into it");
      }
    }
  }
  return std::move(out).take();
}

}  // namespace evalscaler::api
