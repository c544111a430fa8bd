// SPDX-License-Identifier: Apache-2.0
#include "checks/check_service.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "checks/checks.hpp"
#include "checks/reasons.hpp"
#include "checks/schema.hpp"

namespace evalscaler::checks {
namespace {

using Check = void (*)(const TierSubject&, Report&);

// Errors first, then what else is worth a look, in the order in which one reads a tier.
constexpr std::array<Check, 9> kChecks{check_flapping,  check_triggers,   check_names,
                                       check_amounts,   check_directions, check_bounds,
                                       check_cooldowns, check_queries,    tell_travel_times};

bool is_refused(const Report& schema, const std::string& tier) {
  return std::any_of(schema.findings.begin(), schema.findings.end(), [&](const Finding& finding) {
    return finding.field == tier || finding.field.starts_with(tier + ".");
  });
}

}  // namespace

Report check_service(const api::ServiceSpec& spec, const Settings& settings) {
  Report out;
  check_schema(spec, out);
  const Report schema = out;
  for (std::size_t i = 0; i < spec.tiers.size(); ++i) {
    const TierSubject tier = subject_of(spec, i, settings);
    if (is_refused(schema, tier.field)) continue;
    for (const Check check : kChecks) check(tier, out);
  }
  std::stable_sort(out.findings.begin(), out.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.severity < b.severity; });
  return out;
}

}  // namespace evalscaler::checks
