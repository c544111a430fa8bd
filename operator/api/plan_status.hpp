// SPDX-License-Identifier: Apache-2.0
// PlanStatus: a change of a data tier that takes many visits, as its status tells and keeps it.
//
// `journal` is what the change must not forget; it is written before the first side effect of
// what it describes, and read by the adapter that wrote it only. The rest is for people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "api/target_observation.hpp"
#include "core/clock.hpp"

namespace evalscaler::api {

inline constexpr std::size_t kMaxJournal = 8192;

struct PlanProgress {
  std::int64_t slots_moved = 0;
  std::int64_t slots_total = 0;
  std::int64_t keys_moved = 0;
  std::int64_t bytes_moved = 0;
  std::optional<std::int64_t> slots_per_second;
  std::optional<std::int64_t> eta_seconds;  // until the last slot has moved
  bool operator==(const PlanProgress&) const = default;
};

struct PlanStatus {
  std::string id;
  std::string phase;  // CamelCase
  Replicas from = 0;  // in the target's unit
  Replicas to = 0;
  std::optional<WallTime> started;
  std::string reason;   // CamelCase: why it does not go on; empty while it does
  std::string message;  // what it does or waits for, with the numbers
  PlanProgress progress;
  std::string journal;
  bool operator==(const PlanStatus&) const = default;
};

}  // namespace evalscaler::api
