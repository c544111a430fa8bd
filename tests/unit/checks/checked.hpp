// SPDX-License-Identifier: Apache-2.0
// Checked: a service as YAML text, what the checks say of it, and ways to ask for it.
//
// The catalogue is the built-in one with three metrics more: `capped` (bounded at 100), `share`
// (not proportional) and `load` (nothing known but its unit).
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "api/service_json.hpp"
#include "checks/check_service.hpp"
#include "checks/reasons.hpp"
#include "wire/yaml.hpp"

namespace evalscaler::checks {

inline const prometheus::Catalogue& test_catalogue() {
  static const prometheus::Catalogue catalogue = [] {
    auto read = prometheus::read_catalogue(
        "metrics:\n"
        "- {name: capped, unit: '% of a lot', query: 'sum by (namespace, service) (a)',\n"
        "   boundedAt: 100, validRange: {min: 0}}\n"
        "- {name: share, unit: x, query: 'sum by (namespace, service) (b)', proportional: false}\n"
        "- {name: load, unit: x, query: 'sum by (namespace, service) (c)'}\n",
        "catalogue.yaml");
    if (!read) throw std::logic_error(read.error().message);
    return *std::move(read);
  }();
  return catalogue;
}

class Checked {
 public:
  // The body of the only tier, indented by nothing; name and target are there.
  explicit Checked(const std::string& tier, Settings settings = {}) {
    if (settings.catalogue == nullptr) settings.catalogue = &test_catalogue();
    std::string text =
        "apiVersion: evalscaler.io/v1alpha1\nkind: EvaluationService\n"
        "metadata: {name: s}\nspec:\n  tiers:\n  - name: app\n"
        "    scaleTargetRef: {name: app}\n    ";
    for (const char c : tier) text += c == '\n' ? "\n    " : std::string(1, c);
    const auto yaml = wire::read_yaml(text);
    if (!yaml) throw std::logic_error(yaml.error().message);
    const auto file = api::read_service_file(*yaml);
    report = file ? check_service(file->spec, settings) : unreadable_service(file.error().message);
  }

  bool has(std::string_view reason) const { return !all(reason).empty(); }
  std::vector<Finding> all(std::string_view reason) const {
    std::vector<Finding> out;
    for (const Finding& finding : report.findings) {
      if (finding.reason == reason) out.push_back(finding);
    }
    return out;
  }
  // The only one of its reason.
  Finding one(std::string_view reason) const {
    const std::vector<Finding> found = all(reason);
    return found.size() == 1 ? found.front()
                             : Finding{"", {}, std::to_string(found.size()), "", ""};
  }
  std::string fact(std::string_view name) const {
    for (const Fact& each : report.facts) {
      if (each.name == name) return each.message;
    }
    return "";
  }
  bool fails() const {
    return std::any_of(report.findings.begin(), report.findings.end(),
                       [](const Finding& f) { return f.severity == Severity::Error; });
  }

  Report report;
};

}  // namespace evalscaler::checks
