// SPDX-License-Identifier: Apache-2.0
// MetricFacts: what is known of a tier's metrics without the operator's own configuration.
//
// Units and proportionality come from the built-in catalogue; a metric it does not know, and
// one with a query of its own, has no unit and is proportional if higher is worse.
#pragma once

#include <string>
#include <vector>

#include "api/evaluation_service.hpp"

namespace evalscaler::cli {

struct MetricFacts {
  std::string name;
  std::string unit;  // empty = not known
  bool proportional = true;
};

// In the order of the tier's policy.
std::vector<MetricFacts> metrics_of(const api::Tier& tier);

}  // namespace evalscaler::cli
