// SPDX-License-Identifier: Apache-2.0
// Report: what the checks found wrong with a file, and what they can say of it.
//
// Plain data. `field` is a path in the document ("spec.tiers[0].minReplicas").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace evalscaler::checks {

enum class Severity { Error, Warning };
std::string_view to_text(Severity severity);

struct Finding {
  std::string field;
  Severity severity = Severity::Error;
  std::string reason;   // a word of reasons.hpp
  std::string message;  // one line, with the numbers
  std::string fix;      // the smallest change that mends it, as it would be typed
  bool operator==(const Finding&) const = default;
};

// Something true that is worth knowing and nothing wrong.
struct Fact {
  std::string field;
  std::string name;  // CamelCase, never renamed
  std::string message;
  std::optional<std::int64_t> seconds;  // of a duration that has an end
};

struct Report {
  std::vector<Finding> findings;
  std::vector<Fact> facts;

  void error(std::string field, std::string_view reason, std::string message, std::string fix);
  void warning(std::string field, std::string_view reason, std::string message, std::string fix);
};

}  // namespace evalscaler::checks
