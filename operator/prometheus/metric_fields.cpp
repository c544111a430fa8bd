// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "core/text.hpp"
#include "prometheus/catalogue_fields.hpp"

namespace evalscaler::prometheus {
namespace {

using wire::JsonCursor;

Result<void> identity(JsonCursor& at, IdentityLabels& out) {
  out = {"", ""};
  EVALSCALER_TRY(at.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "namespace") return plain_text(value, out.space);
    if (key == "name") return plain_text(value, out.name);
    return unknown_field(value, "namespace, name");
  }));
  if (out.name.empty()) return at.error("name is missing: the label that holds the service's name");
  return {};
}

Result<void> valid_range(JsonCursor& at, Range& out) {
  EVALSCALER_TRY(at.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "min") return quantity(value, out.min);
    if (key == "max") return quantity(value, out.max);
    return unknown_field(value, "min, max");
  }));
  if (out.min && out.max && out.min->value >= out.max->value) {
    return at.error("min must be below max");
  }
  return {};
}

Result<void> proportional(JsonCursor& at, Proportion& out) {
  bool flag = true;
  EVALSCALER_TRY(into(at.boolean(), flag));
  out = flag ? Proportion::Proportional : Proportion::Constant;
  return {};
}

Result<void> per_replica(JsonCursor& at, Scope& out) {
  bool flag = false;
  EVALSCALER_TRY(into(at.boolean(), flag));
  out = flag ? Scope::PerReadyReplica : Scope::Service;
  return {};
}

constexpr std::array<std::pair<std::string_view, PercentOf>, 4> kPercentWords = {
    {{"cpuRequest", PercentOf::CpuRequest},
     {"cpuLimit", PercentOf::CpuLimit},
     {"memoryRequest", PercentOf::MemoryRequest},
     {"memoryLimit", PercentOf::MemoryLimit}}};

Result<void> percent_of(JsonCursor& at, PercentOf& out) {
  std::string text;
  EVALSCALER_TRY(into(at.text(), text));
  for (const auto& [word, value] : kPercentWords) {
    if (word != text) continue;
    out = value;
    return {};
  }
  return at.error("must be cpuRequest, cpuLimit, memoryRequest or memoryLimit, not '" +
                  one_line(text, 64) + "'");
}

Result<void> metric_field(std::string_view key, JsonCursor& value, CatalogueMetric& out) {
  if (key == "name") return plain_text(value, out.name);
  if (key == "unit") return plain_text(value, out.unit);
  if (key == "query") return promql(value, out.query);
  if (key == "perReplica") return per_replica(value, out.scope);
  if (key == "percentOf") return percent_of(value, out.percent_of);
  if (key == "identity") return identity(value, out.identity);
  if (key == "prometheus") return plain_text(value, out.server);
  if (key == "validRange") return valid_range(value, out.valid_range);
  if (key == "maxAgeSeconds") return seconds_between(value, 5, 86'400, out.max_age);
  if (key == "ageQuery") return promql(value, out.age_query);
  if (key == "maturity") return promql(value, out.maturity);
  if (key == "proportional") return proportional(value, out.proportion);
  if (key == "boundedAt") return quantity(value, out.bounded_at);
  return unknown_field(
      value,
      "name, unit, query, perReplica, percentOf, identity, prometheus, validRange, "
      "maxAgeSeconds, ageQuery, maturity, proportional, boundedAt");
}

}  // namespace

Result<void> read_metric(wire::JsonCursor& at, CatalogueMetric& out) {
  EVALSCALER_TRY(at.members(
      [&](std::string_view key, JsonCursor& value) { return metric_field(key, value, out); }));
  if (out.name.empty()) return at.error("name is missing");
  if (out.query.empty())
    return at.error("query is missing; one PromQL expression for all services");
  if (out.unit.empty()) return at.error("unit is missing; for example ms, % or requests/s");
  return {};
}

}  // namespace evalscaler::prometheus
