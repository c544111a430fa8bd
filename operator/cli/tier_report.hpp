// SPDX-License-Identifier: Apache-2.0
// TierReport: what `explain` says of one tier, made from the service's spec and status alone.
//
// What would have to change is worked out by the code that decides, on the readings of the
// status; those are refreshed when one moves or changes its state, not every interval.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/paint.hpp"
#include "cli/service_reader.hpp"
#include "wire/json_writer.hpp"

namespace evalscaler::cli {

struct MetricReport {
  std::string name;
  std::string unit;  // empty = not known
  Reading reading;
  std::optional<double> up;  // thresholds, in the metric's unit
  std::optional<double> down;
  std::optional<api::MetricTarget> target;  // targetTracking
  api::Worse worse = api::Worse::Higher;
  std::optional<std::chrono::seconds> age;
};

struct TierReport {
  const api::Tier* tier = nullptr;        // of the view it was made from
  std::optional<api::TierStatus> status;  // empty: the operator has not reported on it yet
  std::vector<MetricReport> metrics;
  std::optional<std::chrono::seconds> decided;  // how long ago
  std::chrono::seconds up_waits{0};             // cooldown left
  std::chrono::seconds down_waits{0};
  std::string cooldown;
  std::string way_up;
  std::string way_down;
};

TierReport make_tier_report(const ServiceView& view, const api::Tier& tier, WallTime now);

std::string tier_text(const TierReport& report, const Paint& paint);
void write_tier(wire::JsonWriter& out, const TierReport& report);

}  // namespace evalscaler::cli
