// SPDX-License-Identifier: Apache-2.0
// PlanPreview: what a plan on a data tier would do, found out without doing any of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/target_observation.hpp"
#include "wire/json_reader.hpp"
#include "wire/json_writer.hpp"

namespace evalscaler::api {

struct PlanObstacle {
  std::string reason;  // CamelCase
  std::string message;
  bool operator==(const PlanObstacle&) const = default;
};

struct PlanMove {
  std::string from;
  std::string to;
  std::int64_t slots = 0;
  std::int64_t keys = 0;
  std::int64_t bytes = 0;  // of the data, as far as the server tells
  bool operator==(const PlanMove&) const = default;
};

// A plan goes one shard at a time: `to` is where the first one leads, `wanted` what was asked for.
struct PlanPreview {
  Replicas from = 0;
  Replicas to = 0;
  Replicas wanted = 0;
  std::vector<PlanObstacle> obstacles;  // any: it would not be begun
  std::vector<std::string> leaving;     // pods, with what they are now
  std::vector<PlanMove> moves;
  std::vector<std::string> notes;
  bool operator==(const PlanPreview&) const = default;
};

void write_plan_preview(wire::JsonWriter& out, const PlanPreview& preview);
// Unknown members are skipped. Invalid, with the path, for what is none.
Result<PlanPreview> read_plan_preview(wire::JsonCursor& root);

}  // namespace evalscaler::api
