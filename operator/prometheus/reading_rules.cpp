// SPDX-License-Identifier: Apache-2.0
#include "prometheus/reading_rules.hpp"

#include <algorithm>
#include <cmath>

#include "core/quantity.hpp"
#include "core/text.hpp"

namespace evalscaler::prometheus {
namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

std::string seconds_text(std::chrono::nanoseconds duration) {
  return std::to_string(duration_cast<seconds>(duration).count()) + " s";
}

Evidence bad(ReadingState state, std::string why) {
  Evidence out;
  out.state = state;
  out.why = std::move(why);
  return out;
}

std::string label_names(const IdentityLabels& labels) {
  return labels.space.empty() ? labels.name : labels.space + ", " + labels.name;
}

Evidence absent(const AnswerShape* shape, const Question& question) {
  std::string why = "no series for " + one_line(question.identity.text(), 300);
  if (shape != nullptr && shape->rows > 0 && shape->named == 0) {
    why += " (no series of the answer has the label " + question.labels.name + ")";
  }
  Evidence out = bad(ReadingState::Missing, std::move(why));
  out.series = Evidence::Series::Absent;
  return out;
}

// The cell an answer holds for a service: its own row, or, for an own query, the one row of
// an answer that names nobody.
const Cell* cell_of(const AnswerParts& parts, const Question& question) {
  if (parts.cell != nullptr && parts.cell->series > 0) return parts.cell;
  if (question.owner == QueryOwner::Catalogue || parts.shape == nullptr) return nullptr;
  const AnswerShape& shape = *parts.shape;
  const bool bare = shape.rows == 1 && shape.named == 0;
  const bool here = shape.first_space.empty() || shape.first_space == question.identity.space;
  return bare && here ? &shape.first : nullptr;
}

Evidence weigh_cell(const Cell& cell, const Question& question) {
  if (cell.series > 1) {
    return bad(ReadingState::Invalid, std::to_string(cell.series) +
                                          " series for one service; aggregate by " +
                                          label_names(question.labels));
  }
  switch (cell.kind) {
    case SampleKind::Number:
      break;
    case SampleKind::NotANumber:
      return bad(ReadingState::Invalid, "the value is NaN");
    case SampleKind::Infinite:
      return bad(ReadingState::Invalid, "the value is infinite");
    case SampleKind::Unreadable:
      return bad(ReadingState::Invalid, "the value is not a number");
  }
  Evidence out;
  out.state = ReadingState::Fresh;
  out.value = cell.value;
  return out;
}

Reading unusable(const Evidence& evidence, std::string_view of) {
  Reading out;
  out.state = evidence.state;
  out.why = std::string(of) + evidence.why;
  return out;
}

std::optional<Reading> too_old(const CatalogueMetric& metric, const Evidence& age) {
  if (age.state != ReadingState::Fresh) return unusable(age, "age unknown: ");
  if (age.value < -30) {
    return Reading::invalid("sample is from " + short_number(-age.value) + " s in the future");
  }
  const double total = age.value + std::chrono::duration<double>(age.answer_age).count();
  if (total <= static_cast<double>(metric.max_age.count())) return std::nullopt;
  return Reading::missing("sample is " + short_number(std::floor(total)) + " s old, maxAge " +
                          seconds_text(metric.max_age));
}

std::optional<Reading> too_young(const Evidence& maturity) {
  if (maturity.series == Evidence::Series::Absent) {
    return Reading::immature("no history behind the window yet");
  }
  if (maturity.state != ReadingState::Fresh) return unusable(maturity, "maturity unknown: ");
  if (maturity.value >= kMatureShare) return std::nullopt;
  return Reading::immature("only " + short_number(std::floor(maturity.value * 100)) +
                           "% of the window has samples, 80% is needed");
}

struct Resource {
  std::optional<double> amount;
  std::string_view words;
  std::string_view field;
};

Resource resource_of(PercentOf percent_of, const api::PodResources& resources) {
  switch (percent_of) {
    case PercentOf::Nothing:
      break;
    case PercentOf::CpuRequest:
      return {resources.cpu_request, "CPU request", "requests.cpu"};
    case PercentOf::CpuLimit:
      return {resources.cpu_limit, "CPU limit", "limits.cpu"};
    case PercentOf::MemoryRequest:
      return {resources.memory_request, "memory request", "requests.memory"};
    case PercentOf::MemoryLimit:
      return {resources.memory_limit, "memory limit", "limits.memory"};
  }
  return {};
}

// Divides `value` by what the metric says; the reading that stands in its place if it cannot.
std::optional<Reading> scale(const CatalogueMetric& metric, const api::TargetObservation& target,
                             Amount amount, double& value) {
  if (metric.scope == Scope::PerReadyReplica && amount == Amount::AsCatalogued) {
    if (target.ready_replicas <= 0) {
      return Reading::missing("no ready replica to divide the total by");
    }
    value /= target.ready_replicas;
  }
  if (metric.percent_of == PercentOf::Nothing) return std::nullopt;
  const Resource resource = resource_of(metric.percent_of, target.resources);
  if (!resource.amount || !(*resource.amount > 0)) {
    return Reading::missing("the pod template sets no " + std::string(resource.words) +
                            "; set resources." + std::string(resource.field));
  }
  value = value / *resource.amount * 100;
  return std::nullopt;
}

// Prometheus computes in doubles: 100 * a / a may come to 100.00000000000001, which is 100.
void settle_rounding(double bound, double& value) {
  constexpr double kRounding = 1e-9;  // of the bound
  if (std::abs(value - bound) <= kRounding * std::abs(bound)) value = bound;
}

std::optional<Reading> outside(const CatalogueMetric& metric, Amount amount, double& value) {
  const bool sum = amount == Amount::Total && metric.scope == Scope::PerReadyReplica;
  const Quantity* min = metric.valid_range.min ? &*metric.valid_range.min : nullptr;
  const Quantity* max = metric.valid_range.max && !sum ? &*metric.valid_range.max : nullptr;
  if (min != nullptr) settle_rounding(min->value, value);
  if (max != nullptr) settle_rounding(max->value, value);
  const bool below = min != nullptr && value < min->value;
  const bool above = max != nullptr && value > max->value;
  if (std::isfinite(value) && !below && !above) return std::nullopt;
  const std::string least = min != nullptr ? short_number(min->value) : "-infinity";
  const std::string most = max != nullptr ? short_number(max->value) : "infinity";
  return Reading::invalid("value " + (std::isfinite(value) ? number_text(value) : "overflows") +
                          " outside " + least + ".." + most + " " + metric.unit);
}

}  // namespace

Evidence weigh(const AnswerParts& parts, const Question& question, SteadyTime now) {
  if (parts.outcome == nullptr) return bad(ReadingState::Missing, "not asked for yet");
  const Outcome& outcome = *parts.outcome;
  if (outcome.state != ReadingState::Fresh) return bad(outcome.state, outcome.why);
  const std::chrono::nanoseconds answer_age = now - outcome.answered_at;
  if (answer_age > question.max_answer_age) {
    return bad(ReadingState::Missing, "the last answer is " + seconds_text(answer_age) +
                                          " old, at most " + seconds_text(question.max_answer_age) +
                                          " is taken");
  }
  if (parts.cell == nullptr || parts.cell->since == Cell::Since::NoAnswer) {
    return bad(ReadingState::Missing, "not asked for yet");
  }
  const Cell* cell = cell_of(parts, question);
  if (cell == nullptr) {
    const bool own_rows = question.owner == QueryOwner::Service && parts.shape != nullptr;
    if (!own_rows || parts.shape->rows <= 1) return absent(parts.shape, question);
    return bad(ReadingState::Invalid,
               std::to_string(parts.shape->rows) + " series and none of them is labelled as " +
                   one_line(question.identity.text(), 300) + "; aggregate to one");
  }
  Evidence out = weigh_cell(*cell, question);
  out.partial = outcome.partial;
  out.evaluated_at = outcome.evaluated_at;
  out.answer_age = answer_age;
  return out;
}

Reading to_reading(const CatalogueMetric& metric, const Evidence& value,
                   const std::optional<Evidence>& age, const std::optional<Evidence>& maturity,
                   const api::TargetObservation& target, Amount amount) {
  if (value.state != ReadingState::Fresh) return unusable(value, "");
  if (age) {
    if (auto old = too_old(metric, *age)) return *std::move(old);
  }
  if (maturity) {
    if (auto young = too_young(*maturity)) return *std::move(young);
  }
  double number = value.value;
  if (auto stuck = scale(metric, target, amount, number)) return *std::move(stuck);
  if (auto nonsense = outside(metric, amount, number)) return *std::move(nonsense);

  Reading out = Reading::fresh_value(number, value.evaluated_at);
  if (age && out.sample_time) {
    *out.sample_time -= duration_cast<std::chrono::microseconds>(
        std::chrono::duration<double>(std::max(age->value, 0.0)));
  }
  out.partial = value.partial || (age && age->partial) || (maturity && maturity->partial);
  if (out.partial) out.why = "partial answer: Prometheus sent warnings with it";
  return out;
}

}  // namespace evalscaler::prometheus
