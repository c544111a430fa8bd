// SPDX-License-Identifier: Apache-2.0
#include "checks/schema.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "checks/check_service.hpp"
#include "checks/nice_number.hpp"
#include "checks/reasons.hpp"
#include "checks/subject.hpp"
#include "core/text.hpp"
#include "targets/registry.hpp"

namespace evalscaler::checks {
namespace {

// `kubectl explain` wants the fields without the places in lists.
std::string explained(std::string_view field) {
  std::string path;
  bool skipping = false;
  for (const char c : field) {
    if (c == '[') skipping = true;
    if (!skipping) path += c;
    if (c == ']') skipping = false;
  }
  return "kubectl explain evaluationservice" + (path.empty() ? "" : "." + one_line(path, 256));
}

std::string parent_of(const std::string& field) {
  return field.substr(0, field.find_last_of('.') == std::string::npos ? 0 : field.rfind('.'));
}

// Which metric of which tier has its thresholds the wrong way round; the field that is blamed
// for it, and what the right order would be.
struct WrongSide {
  std::string field;
  std::string fix;
};

std::vector<WrongSide> wrong_sides(const api::ServiceSpec& spec) {
  std::vector<WrongSide> out;
  for (std::size_t i = 0; i < spec.tiers.size(); ++i) {
    if (!spec.tiers[i].threshold) continue;
    const auto& metrics = spec.tiers[i].threshold->metrics;
    for (std::size_t j = 0; j < metrics.size(); ++j) {
      if (!metrics[j].scale_up || !metrics[j].scale_down) continue;
      const double up = metrics[j].scale_up->value;
      const double down = metrics[j].scale_down->value;
      const bool higher = metrics[j].worse == api::Worse::Higher;
      if (higher ? down < up : down > up) continue;
      const std::string field = "spec.tiers[" + std::to_string(i) + "].threshold.metrics[" +
                                std::to_string(j) + "].scaleDownThreshold";
      const double room = higher ? nice_below(up / 2) : up * 2;
      out.push_back({field, up == down ? quoted("scaleDownThreshold", room)
                                       : quoted("scaleUpThreshold", down) + ", " +
                                             quoted("scaleDownThreshold", up)});
    }
  }
  return out;
}

// Which kinds there are is their registry's business, not the validation's; a kind that lacks a
// block of its own has been told of by the latter.
void check_targets(const api::ServiceSpec& spec, Report& out) {
  const auto kinds = targets::target_kinds();
  for (std::size_t i = 0; i < spec.tiers.size(); ++i) {
    const api::Tier& tier = spec.tiers[i];
    const bool known =
        std::any_of(kinds.begin(), kinds.end(),
                    [&](const targets::TargetKind& kind) { return kind.chosen_by(tier); });
    const std::string field = "spec.tiers[" + std::to_string(i) + "]";
    const bool told =
        std::any_of(out.findings.begin(), out.findings.end(),
                    [&](const Finding& finding) { return finding.field.starts_with(field + "."); });
    if (known || told) continue;
    std::vector<std::string> names;
    for (const targets::TargetKind& kind : kinds) names.emplace_back(kind.name);
    out.error(field + ".scaleTargetRef.kind", reasons::kSchema,
              "'" + one_line(tier.target.kind, 64) + "' of '" +
                  one_line(tier.target.api_version, 64) +
                  "' cannot be scaled; supported: " + join(names, ", "),
              "kind: " + names.front());
  }
}

}  // namespace

void check_schema(const api::ServiceSpec& spec, Report& out) {
  const std::vector<WrongSide> sides = wrong_sides(spec);
  for (const api::FieldProblem& problem : api::validate(spec)) {
    const auto side = std::find_if(sides.begin(), sides.end(),
                                   [&](const WrongSide& s) { return s.field == problem.field; });
    if (side != sides.end()) {
      out.error(problem.field, reasons::kWrongSide, problem.message, side->fix);
      continue;
    }
    out.error(problem.field, reasons::kSchema, problem.message,
              problem.fix.empty() ? explained(problem.field) : problem.fix);
  }
  check_targets(spec, out);
}

Report unreadable_service(const std::string& message) {
  const std::size_t colon = message.find(": ");
  const bool placed = colon != std::string::npos && message.find(' ') > colon;
  const std::string field = placed ? message.substr(0, colon) : "";
  Report out;
  out.error(field, reasons::kSchema, placed ? message.substr(colon + 2) : message,
            explained(parent_of(field)));
  return out;
}

}  // namespace evalscaler::checks
