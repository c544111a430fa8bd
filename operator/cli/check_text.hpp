// SPDX-License-Identifier: Apache-2.0
// What `check` prints: JSON for scripts (stable names), text for people.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "checks/report.hpp"
#include "cli/paint.hpp"

namespace evalscaler::cli {

struct PlacedFinding {
  std::string file;
  std::optional<std::size_t> line;
  checks::Finding finding;
};

struct PlacedFact {
  std::string file;
  std::optional<std::size_t> line;
  checks::Fact fact;
};

struct CheckResult {
  std::vector<std::string> files;
  std::vector<PlacedFinding> findings;  // in the order of the files
  std::vector<PlacedFact> facts;

  std::size_t count(checks::Severity severity) const;
};

// Whole documents, with a line break at the end.
std::string check_json(const CheckResult& result);
std::string check_text(const CheckResult& result, const Paint& paint);

}  // namespace evalscaler::cli
