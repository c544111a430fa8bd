// SPDX-License-Identifier: Apache-2.0
// DecideInputs: the --inputs file of `decide`: what a cluster and Prometheus would have said.
//
// Unknown fields are refused with their path. A reading is a number, or its state (Missing,
// Invalid, Immature); NaN, infinities and the empty string are Invalid.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/reading.hpp"
#include "core/result.hpp"
#include "scaling/inputs.hpp"
#include "wire/yaml.hpp"

namespace evalscaler::cli {

// Something that happened `ago`: replicas that were added (removed, if negative) or proposed.
struct Past {
  std::chrono::nanoseconds ago{0};
  api::Replicas number = 0;
};

struct TierFacts {
  api::Replicas replicas = 0;
  api::Replicas ready = 0;
  std::map<std::string, Reading, std::less<>> readings;
  scaling::History history;
  std::vector<Past> scale_events;
  std::vector<Past> recommendations;
};

struct DecideInputs {
  WallTime now;
  std::map<std::string, TierFacts, std::less<>> tiers;
};

// Errors are Invalid and begin with the path, for YamlDocument::placed().
Result<DecideInputs> read_decide_inputs(const wire::YamlDocument& document);

// One reading as the file writes it; Invalid if the text is neither a number nor a state.
Result<Reading> parse_reading(const std::string& text);

}  // namespace evalscaler::cli
