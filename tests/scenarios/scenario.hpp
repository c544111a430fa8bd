// SPDX-License-Identifier: Apache-2.0
// Scenario: the text of one *.scenario file, parsed; README.md describes the language.
//
// Errors are Invalid and begin with "FILE:LINE: ".
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "api/evaluation_service.hpp"
#include "core/result.hpp"

namespace evalscaler::scenarios {

struct Setting {
  std::string word;
  std::string value;  // empty for a word that stands alone
};

struct Moment {
  std::size_t line = 0;
  std::chrono::milliseconds from{0};
  std::chrono::milliseconds to{0};  // inclusive; equal to `from` for a single evaluation
  std::vector<Setting> settings;
  api::Replicas replicas = 0;
  std::string reason;
  std::string message_part;  // empty: any message
};

struct Scenario {
  std::string file;
  std::string title;
  api::Replicas replicas = 0;
  api::ServiceSpec spec;  // exactly one tier
  std::vector<Moment> moments;

  Error error_at(std::size_t line, const std::string& what) const;
};

Result<Scenario> read_scenario(const std::string& path);

}  // namespace evalscaler::scenarios
